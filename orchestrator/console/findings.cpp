#include "console/findings.hpp"

#include <algorithm>

namespace kproof::console {

static std::string key_of(const model::Finding& finding) {
  return finding.title + '\n' + finding.fingerprint;
}

void Findings::record(model::Finding finding) {
  std::string key = key_of(finding);
  if (const auto known = known_.find(key); known != known_.end()) {
    model::Finding& first = done_[known->second];
    ++first.count;
    first.panicked |= finding.panicked;
    return;
  }
  if (done_.size() == kMostFindings) {
    ++dropped_;
    return;
  }
  finding.level = options_->level;
  finding.source = options_->source;
  known_.emplace(std::move(key), done_.size());
  done_.push_back(std::move(finding));
}

void Findings::take_back(const model::Finding& finding) {
  const auto known = known_.find(key_of(finding));
  if (known == known_.end()) {
    dropped_ -= dropped_ > 0;
    return;
  }
  const std::size_t index = known->second;
  if (--done_[index].count > 0) return;
  done_.erase(done_.begin() + static_cast<std::ptrdiff_t>(index));
  known_.erase(known);
  for (auto& [key, place] : known_)
    place -= place > index;
  since_boot_ -= since_boot_ > index;
}

void Findings::panic() {
  for (std::size_t i = since_boot_; i < done_.size(); ++i)
    done_[i].panicked = true;
}

std::vector<model::Finding> Findings::sorted() const {
  std::vector<model::Finding> sorted = done_;
  std::ranges::stable_sort(sorted, {}, &model::Finding::start_line);
  return sorted;
}

}  // namespace kproof::console
