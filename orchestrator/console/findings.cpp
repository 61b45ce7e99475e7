#include "console/findings.hpp"

#include <algorithm>

namespace kproof::console {

model::Finding* Findings::find_equal(const model::Finding& finding) {
  if (!kept_[finding.complaint].titles.contains(finding.title)) return nullptr;
  const auto equal = std::ranges::find_if(
      done_, [&](const model::Finding& seen) { return model::is_same(seen, finding); });
  return equal == done_.end() ? nullptr : &*equal;
}

void Findings::keep(model::Finding finding) {
  Kept& kept = kept_[finding.complaint];
  ++kept.all;
  ++kept.titles[finding.title];
  done_.push_back(std::move(finding));
}

void Findings::erase(std::size_t index) {
  Kept& kept = kept_[done_[index].complaint];
  --kept.all;
  if (--kept.titles[done_[index].title] == 0) kept.titles.erase(done_[index].title);
  done_.erase(done_.begin() + static_cast<std::ptrdiff_t>(index));
  since_boot_ -= since_boot_ > index;
}

// What says least: the last complaint, rather one whose title others have, too; for a new title,
// else, the last finding of which that is true. None: all say more than `finding`.
std::optional<std::size_t> Findings::least_for(const model::Finding& finding) const {
  const Kept &findings = kept_[false], &complaints = kept_[true];
  const bool is_new = !kept_[finding.complaint].titles.contains(finding.title);
  const auto last = [&](bool complaint, bool further) -> std::optional<std::size_t> {
    for (std::size_t i = done_.size(); i-- > 0;)
      if (done_[i].complaint == complaint &&
          (!further || kept_[complaint].has_further(done_[i].title)))
        return i;
    return std::nullopt;
  };
  if (complaints.has_further() && (is_new || !finding.complaint)) return last(true, true);
  if (finding.complaint) return std::nullopt;
  if (complaints.all > 0) return last(true, false);
  return is_new && findings.has_further() ? last(false, true) : std::nullopt;
}

// False: those that are kept say more.
bool Findings::make_room_for(const model::Finding& finding) {
  if (done_.size() < kMostFindings) return true;
  ++dropped_;
  const std::optional<std::size_t> least = least_for(finding);
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
  keep(std::move(finding));
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
