// What a diagnosis has collected, and what it could not: hang.log, and the missing of cell.json.
#pragma once

#include <string>
#include <vector>

#include "agent/messages.hpp"
#include "model/hang.hpp"
#include "model/outcome.hpp"

namespace kproof::run {

class HangLog {
 public:
  void add(const std::string& title, std::string text) {
    sections_.push_back({title, std::move(text)});
  }
  // Could not be had; told in both.
  void miss(const std::string& title, const std::string& why);

  const std::vector<std::string>& missing() const { return missing_; }  // a sentence each
  // For people: what `hang` is, and a section for each thing that was tried.
  std::string text(const model::Hang& hang, model::Phase phase) const;

 private:
  struct Section {
    std::string title, text;
  };
  std::vector<Section> sections_;
  std::vector<std::string> missing_;
};

// The tasks that the agent saw, a line and the stack of each.
std::string describe(const agent::Examined& examined);

}  // namespace kproof::run
