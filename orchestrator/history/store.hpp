// The history of runs, in one SQLite file. Run directories are the truth, and it can be made of
// them again; so a write that fails costs nothing but its row.
//
// Errors are HostError (the disk is full, the file damaged, its directory not ours) and ConfigError
// (no history, a newer one, another program's database), each with the next step.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "history/rows.hpp"

namespace kproof::history {

// A line of the list of runs.
struct RunLine {
  std::int64_t id = 0;
  std::string directory, plan, kind, started, ended;
  bool interrupted = false;
  std::size_t expected = 0, unexpected = 0, faults = 0;  // cells, as compare::Standing has it
};

// One cell of one run.
struct Observation {
  std::int64_t run = 0;
  std::string run_started, directory;
  std::string plan, kind;  // plan: its file, or its name where that is not known
  Cell cell;
};

class Store {
 public:
  // To read: the file must be there. To write: it is made.
  static Store open_to_read(const std::filesystem::path& file);
  static Store open_to_write(const std::filesystem::path& file);
  Store(Store&&) noexcept;
  ~Store();

  // How many of the cells are new: one of the same name that started at the same time is known, be
  // it of a copy of the directory, or kept by a later run there. All of them, or none when it
  // throws.
  std::size_t add(const Run& run);

  std::vector<RunLine> runs() const;       // in the order in which they started
  std::vector<std::string> cells() const;  // names, sorted
  std::vector<std::string> cells_that_showed(
      const std::string& finding) const;  // fingerprint or title
  std::vector<std::string> cells_that_measured(const std::string& metric) const;  // name or glob
  // In the order of runs.
  std::vector<Observation> observations(const std::string& cell) const;
  // What the plan of the last run with it says that matters; by name.
  std::map<std::string, double> least_changes() const;

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kproof::history
