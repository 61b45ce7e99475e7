// A run directory that workers share, wherever they run:
//
//   manifest.json        the plan, with all it includes, and the ids of the cells (manifest/)
//   batch.json           how they are to be run, and in which order they are begun
//   boot/<kernel>/       kernels, ready to boot (depot.hpp)
//   leases/<cell>/       who runs it (lease/)
//   cells/<cell>/        results; a cell is finished when this was renamed into place
//   nodes/<worker>/      what each worker ran on, and why one had to end (nodes.hpp)
//
// The first two are written by whoever starts the run, and never change. Files are the truth: that
// a queue or a process says otherwise means nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lease/decision.hpp"
#include "model/topology.hpp"
#include "util/units.hpp"

namespace kproof::worker {

struct Item {
  std::string id;
  util::Millis limit{0};     // from boot to power-off, of KVM's time; others scale it
  std::uint64_t memory = 0;  // bytes that its guests may come to use
  unsigned vcpus = 1;
};

struct Batch {
  std::vector<Item> items;           // the longest first, in rounds of repetitions
  std::vector<std::string> kernels;  // that cells need
  std::optional<model::Accel> accel;
  bool as_root = false;
  bool dump_on_hang = false;
  lease::Rules rules;
};

std::string to_json(const Batch& batch);
// HostError, which names `file`.
Batch from_json(std::string_view json, const std::filesystem::path& file);

inline std::filesystem::path batch_file(const std::filesystem::path& directory) {
  return directory / "batch.json";
}
inline std::filesystem::path leases_of(const std::filesystem::path& directory) {
  return directory / "leases";
}
inline std::filesystem::path result_of(const std::filesystem::path& directory,
                                       const std::string& cell) {
  return directory / "cells" / cell / "cell.json";
}

// What a job needs to run any one of the cells.
struct Largest {
  std::uint64_t memory = 0;
  unsigned vcpus = 1;
};
Largest largest_of(const Batch& batch);

}  // namespace kproof::worker
