#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "console/analyzer.hpp"

namespace kproof::console {

// Finished findings, duplicates folded: those of equal title, fingerprint and place. At most
// kMostFindings are kept, and what says most of them: a finding takes the place of a complaint, and
// a new title that of a further fingerprint of another one.
class Findings {
 public:
  explicit Findings(const Options& options) : options_(&options) {}
  void record(model::Finding finding);
  // One that was recorded, and is equal, was none.
  void take_back(const model::Finding& finding);
  // The kernel does not survive what was recorded since it booted.
  void panic();
  void boot() { since_boot_ = done_.size(); }
  std::size_t dropped() const { return dropped_; }
  std::vector<model::Finding> sorted() const;  // by first line

 private:
  model::Finding* find_equal(const model::Finding& finding);
  bool make_room_for(const model::Finding& finding);
  std::optional<std::size_t> least_for(const model::Finding& finding) const;
  void keep(model::Finding finding);
  void erase(std::size_t index);

  const Options* options_;
  std::vector<model::Finding> done_;
  // What is kept, so that a flood of reports costs no look at all of it: of findings, of
  // complaints.
  struct Kept {
    std::size_t all = 0;
    std::unordered_map<std::string, std::size_t> titles = {};
    bool has_further() const { return all > titles.size(); }
    bool has_further(const std::string& title) const {
      const auto count = titles.find(title);
      return count != titles.end() && count->second > 1;
    }
  };
  Kept kept_[2];  // by Finding::complaint
  std::size_t dropped_ = 0;
  std::size_t since_boot_ = 0;  // where this boot's begin in done_
};

}  // namespace kproof::console
