// When the memory of a running cell is to be read, and what became of that. Pure; the runner reads.
#pragma once

#include <filesystem>
#include <string>

#include "run/failure_watch.hpp"
#include "run/session.hpp"

namespace kproof::run {

enum class CoreAt {
  first,    // of the two behind it, whichever is there
  failure,  // a finding, a hang, a case that says not ok or ends so
  end,      // of the case
  finding,  // or a hang
};

// Promises, in the order of core_keeper_test.cpp:
//  1. The memory is read once, at the first sign that counts.
//  2. A kernel that panics says all of it first, for as long as that may take.
//  3. A guest that dies or hangs will have no end of its case: its memory is read as it dies.
//  4. A file that is not whole is not there, and it is said why.
class CoreKeeper {
 public:
  explicit CoreKeeper(CoreAt at) : at_(at) {}

  CoreAt at() const { return at_; }
  // Where the core is to lie; its directory exists.
  void put(std::filesystem::path file) { file_ = std::move(file); }
  const std::filesystem::path& file() const { return file_; }
  std::filesystem::path draft() const { return file_.string() + ".part"; }

  void note(const Seen& seen, Time now);
  // The console of the level that panics ends with this.
  void hear(int level, std::string_view console);
  bool due(Time now) const;
  void begin() { begun_ = true; }
  // `error`: "" if all of it was read.
  void finish(const std::string& error);

  bool kept() const { return kept_; }
  const std::string& moment() const { return moment_; }    // "a finding on the console of L1"
  const std::string& problem() const { return problem_; }  // of one that could not be read

 private:
  bool counts(const Seen& seen) const;

  const CoreAt at_;
  std::filesystem::path file_;
  std::string moment_, problem_;
  bool noted_ = false, begun_ = false, kept_ = false;
  int panics_ = 0;  // this level does
  Time due_{};
};

}  // namespace kproof::run
