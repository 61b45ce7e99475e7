// Where and how kernels are built, whatever they are.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "kernel/once.hpp"

namespace kproof::source {

struct Settings {
  std::filesystem::path cache;      // kernel::default_cache()
  std::filesystem::path fragments;  // kconfigs/fragments
  std::string compiler = "gcc";     // of sources that name none
  // Of the build directory, which is reconfigured in place for each config, so that those that
  // differ by little rebuild little; "": each config has one of its own.
  std::string build{};
  unsigned jobs = 0;           // 0: $KPROOF_JOBS, else one a core for us
  unsigned niceness = 0;       // of make and what it starts, where guests run beside it: nice(1)'s
  std::string cache_budget{};  // cache::budget_of() has it; "" as the environment says
  bool as_root = false;        // root runs make itself, and no user of the tree (build_user.hpp)
  // Returns when this host has that many cores for compilers; they are ours until the object goes.
  std::function<std::shared_ptr<void>(unsigned jobs)> turn = [](unsigned) { return nullptr; };
  int stop_fd = -1;                                // borrowed; readable: end the build in order
  kernel::Progress say = [](std::string_view) {};  // lines to keep
  kernel::Progress live{};  // the state of the build in one line, often; may be empty

  std::filesystem::path kernels() const { return std::filesystem::absolute(cache) / "kernels"; }
};

}  // namespace kproof::source
