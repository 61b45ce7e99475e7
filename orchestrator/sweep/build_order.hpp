// Which kernels of a run are made at the same time. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "model/kernel.hpp"

namespace kproof::sweep {

// A kernel on its way into the cache.
struct Making {
  std::string tree;   // the working tree that it is built in; packages and files share one, ""
  std::string state;  // what that tree must hold: its revision and patches, as the plan says it
  enum class Progress { waiting, running, done } progress = Progress::waiting;
};

Making making_of(const model::KernelSpec& spec);

// How many builds are worth while on a host of so many cores: linkers and kconfig use one, and
// two builds fill what they leave; more than four only compete.
std::size_t most_builds(unsigned cores);

// Which of `all` may start now, in order, `most` at once. The states of one tree come one after the
// other, as the plan has the first kernel of each: what the next patch touches is then all that is
// built anew. Kernels of one state, which differ in their config, are built at once, wherever they
// stand in the plan: a tree with patches of one config has nothing to fill the other cores with.
std::vector<std::size_t> startable(std::span<const Making> all, std::size_t most);

// make's jobs where so many build at once; 0 for one, which takes what source::Settings says.
unsigned jobs_each(unsigned cores, std::size_t at_once);

}  // namespace kproof::sweep
