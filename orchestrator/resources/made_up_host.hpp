// For tests of what asks the host: one of 4 cores and 10 GiB for guests, with claims of its own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "resources/gate.hpp"
#include "resources/testing.hpp"
#include "util/files.hpp"

namespace kproof::resources {

struct MadeUpHost {
  util::ScratchDir scratch{"kproof-test-"};
  unsigned pages = 0;
  std::uint64_t used = 0;  // of memory, by other programs
  std::vector<std::string> said;

  Gate::Setup setup(const std::string& run) {
    return {.run = run,
            .shared = scratch.path(),
            .say = [this](const std::string& line) { said.push_back(line); },
            .directories = {scratch.path() / "claims"},
            .texts = [this](const std::string& path) { return text(path); },
            .patience = std::chrono::milliseconds(0)};
  }
  std::optional<std::string> text(const std::string& path) const {
    if (path == "/proc/self/status") return "Cpus_allowed_list:\t0-3\n";
    if (path == "/proc/meminfo")
      return fmt::format("MemTotal: {} kB\nMemAvailable: {} kB\n", (10 * GiB + GiB / 2) >> 10,
                         (10 * GiB + GiB / 2 - used) >> 10);
    if (path.ends_with("-2048kB/nr_hugepages") || path.ends_with("-2048kB/free_hugepages"))
      return std::to_string(pages);
    return std::nullopt;
  }
  // Another process whose cells of these needs all run.
  OtherRun other(const std::vector<Needs>& running) {
    return OtherRun([&] { (new Gate(setup("other")))->ask(running, {}); });
  }
};

inline Waiting cell(unsigned vcpus, std::uint64_t memory, bool quiet = false) {
  return {.needs = {.vcpus = vcpus, .memory = memory, .quiet = quiet}};
}

}  // namespace kproof::resources
