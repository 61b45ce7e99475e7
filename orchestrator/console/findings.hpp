#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "console/analyzer.hpp"

namespace kproof::console {

// Finished findings, duplicates folded: those of equal title and fingerprint.
class Findings {
 public:
  explicit Findings(const Options& options) : options_(&options) {}
  void record(model::Finding finding);
  // One that was recorded, of this title and fingerprint, was none.
  void take_back(const model::Finding& finding);
  // The kernel does not survive what was recorded since it booted.
  void panic();
  void boot() { since_boot_ = done_.size(); }
  std::size_t dropped() const { return dropped_; }
  std::vector<model::Finding> sorted() const;  // by first line

 private:
  const Options* options_;
  std::vector<model::Finding> done_;
  std::unordered_map<std::string, std::size_t>
      known_;  // by title and fingerprint: index into done_
  std::size_t dropped_ = 0;
  std::size_t since_boot_ = 0;  // where this boot's begin in done_
};

}  // namespace kproof::console
