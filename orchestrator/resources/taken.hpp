// How much of the host's memory the guests of runs have come to use.
#pragma once

#include <map>
#include <set>
#include <string_view>

#include "resources/claim.hpp"

namespace kproof::resources {

// Of the text of /proc/<pid>/status (proc(5)): what is not of a file, pages of /dev/shm, huge
// pages. Pure.
Taken taken_of(std::string_view status);

// Of the children of each of these processes: a QEMU is the child of its kproof. Nothing for those
// that another namespace hides, so that they are taken to have used nothing: then we wait longer.
std::map<int, Taken> taken_by_children_of(const std::set<int>& pids);

}  // namespace kproof::resources
