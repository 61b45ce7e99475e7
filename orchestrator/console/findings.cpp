#include "console/findings.hpp"

#include <algorithm>
#include <optional>

namespace kproof::console {

// A torn header names no place.
static bool same_place(const std::string& a, const std::string& b) {
  return a == b || a.empty() || b.empty();
}

model::Finding* Findings::find_equal(const model::Finding& finding) {
  const auto equal = std::ranges::find_if(done_, [&](const model::Finding& seen) {
    return seen.fingerprint == finding.fingerprint && seen.title == finding.title &&
           same_place(seen.place, finding.place);
  });
  return equal == done_.end() ? nullptr : &*equal;
}

void Findings::erase(std::size_t index) {
  done_.erase(done_.begin() + static_cast<std::ptrdiff_t>(index));
  since_boot_ -= since_boot_ > index;
}

// The last complaint, rather one whose title others have, too; else the last finding of which that
// is true.
static std::optional<std::size_t> least_of(const std::vector<model::Finding>& done,
                                           const model::Finding& next) {
  const auto is_further = [&](const model::Finding& one) {
    return std::ranges::count(done, one.title, &model::Finding::title) > 1;
  };
  const bool new_title = std::ranges::count(done, next.title, &model::Finding::title) == 0;
  std::optional<std::size_t> complaint, further;
  for (std::size_t i = done.size(); i-- > 0;) {
    if (next.complaint && !done[i].complaint) continue;
    if (done[i].complaint && !complaint) complaint = i;
    if (done[i].complaint && is_further(done[i])) return i;
    if (!further && is_further(done[i])) further = i;
  }
  if (complaint && !next.complaint) return complaint;
  return new_title ? further : std::nullopt;
}

// False: those that are kept say more.
bool Findings::make_room_for(const model::Finding& finding) {
  if (done_.size() < kMostFindings) return true;
  ++dropped_;
  const std::optional<std::size_t> least = least_of(done_, finding);
  if (least) erase(*least);
  return least.has_value();
}

void Findings::record(model::Finding finding) {
  if (model::Finding* first = find_equal(finding)) {
    ++first->count;
    first->panicked |= finding.panicked;
    if (first->place.empty()) first->place = std::move(finding.place);
    return;
  }
  if (!make_room_for(finding)) return;
  finding.level = options_->level;
  finding.source = options_->source;
  done_.push_back(std::move(finding));
}

void Findings::take_back(const model::Finding& finding) {
  model::Finding* known = find_equal(finding);
  if (!known) {
    dropped_ -= dropped_ > 0;
    return;
  }
  if (--known->count == 0) erase(static_cast<std::size_t>(known - done_.data()));
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
