// The small files of /sys and /proc.
#pragma once

#include <string>
#include <string_view>

#include "lib/safe.hpp"
#include "machine/sysfs.hpp"

namespace kproof::lib::sysfs {

using namespace machine::sysfs;

// Bails out with the path, the value and errno.
void write(const std::string& path, std::string_view value,
           safe::Place place = safe::Place::current());

}  // namespace kproof::lib::sysfs
