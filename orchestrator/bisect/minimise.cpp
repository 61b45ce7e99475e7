#include "bisect/minimise.hpp"

#include <algorithm>
#include <map>

namespace kproof::bisect {
namespace {

// Neighbours of a set that is skipped which are tried in its place.
constexpr std::size_t kNeighbours = 4;

bool meet(const Changes& a, const Changes& b) {
  return std::ranges::any_of(a, [&](std::size_t one) { return b.contains(one); });
}

Changes without(Changes from, const Changes& these) {
  std::erase_if(from, [&](std::size_t one) { return these.contains(one); });
  return from;
}

class Search {
 public:
  Search(const std::vector<Change>& changes, const Oracle& oracle)
      : changes_(changes), oracle_(oracle) {
    for (std::size_t i = 0; i < changes.size(); ++i)
      all_.insert(i);
    answers_ = {{Changes{}, Outcome::good}, {all_, Outcome::bad}};
  }

  Minimum whole() {
    Minimum minimum{.causes = {}, .rest = all_, .without = Outcome::bad};
    Changes blamed;
    while (minimum.without == Outcome::bad && minimum.causes.size() < kMostCauses) {
      minimum.causes.push_back(find_cause(minimum.rest));
      const Cause& cause = minimum.causes.back();
      blamed.merge(without(cause.changes, cause.needed));
      take_away(blamed, minimum);
    }
    return minimum;
  }

 private:
  using Needs = Changes Change::*;

  Outcome ask(const Changes& made) {
    if (const auto known = answers_.find(made); known != answers_.end()) return known->second;
    return answers_[made] = oracle_(made);
  }
  bool is_bad(const Changes& made) { return ask(made) == Outcome::bad; }

  // With all that they need.
  Changes closed(Changes made, Needs needs = &Change::needs) const {
    std::vector<std::size_t> open(made.begin(), made.end());
    while (!open.empty()) {
      const Change& change = changes_[open.back()];
      open.pop_back();
      for (const Changes* more : {&change.needs, &(change.*needs)})
        for (const std::size_t one : *more)
          if (made.insert(one).second) open.push_back(one);
    }
    return made;
  }
  // Of `made`, these and all that need them.
  Changes dependents(const Changes& these, const Changes& made,
                     Needs needs = &Change::needs) const {
    Changes all = these;
    for (std::size_t before = 0; before != all.size();) {
      before = all.size();
      for (const std::size_t one : made)
        if (meet(changes_[one].needs, all) || meet(changes_[one].*needs, all)) all.insert(one);
    }
    return all;
  }

  // kept + the first `count` of list.
  Changes beginning(const Changes& kept, const std::vector<std::size_t>& list,
                    std::size_t count) const {
    Changes made = kept;
    made.insert(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(count));
    return closed(std::move(made));
  }

  // The middle of what is between, or near it where that is skipped.
  std::size_t choose(const Changes& kept, const std::vector<std::size_t>& list, std::size_t low,
                     std::size_t high) {
    const std::size_t middle = low + (high - low) / 2;
    for (std::size_t away = 0, tried = 0; tried <= kNeighbours && away < high - low; ++away)
      for (const std::size_t at : {middle + away, middle - away}) {
        if (at <= low || at >= high || (away == 0 && tried > 0)) continue;
        ++tried;
        if (ask(beginning(kept, list, at)) != Outcome::skipped) return at;
      }
    return middle;
  }

  // The least count with a beginning that is bad, where all of the list is, and none is not.
  std::size_t first_bad(const Changes& kept, const std::vector<std::size_t>& list) {
    std::size_t low = 0, high = list.size();
    while (high - low > 1) {
      const std::size_t at = choose(kept, list, low, high);
      (is_bad(beginning(kept, list, at)) ? high : low) = at;
    }
    return high;
  }

  // `range` is closed and bad. Each round finds the last of those that it cannot be bad without.
  Cause find_cause(const Changes& range) {
    Changes kept;
    std::vector<std::size_t> list(range.begin(), range.end());
    while (!is_bad(kept)) {
      list = narrow(kept, std::move(list));
      const std::size_t count = first_bad(kept, list);
      kept.insert(list[count - 1]);
      kept = closed(std::move(kept));
      list.resize(count - 1);
      std::erase_if(list, [&](std::size_t one) { return kept.contains(one); });
    }
    return shrink(std::move(kept));
  }

  // Where what is kept lacks something that it needs, that is likely what it often needs.
  std::vector<std::size_t> narrow(const Changes& kept, std::vector<std::size_t> list) {
    if (kept.empty() || ask(kept) != Outcome::skipped) return list;
    const Changes likely = without(closed(kept, &Change::likely_needs), kept);
    const Changes range(list.begin(), list.end());
    if (!std::ranges::includes(range, likely)) return list;
    const std::vector<std::size_t> left(likely.begin(), likely.end());
    return is_bad(beginning(kept, left, left.size())) ? left : list;
  }

  // Takes away what is not needed after all: of what others need only with these.
  Cause shrink(Changes kept) {
    Cause cause;
    for (auto one = kept.rbegin(); one != kept.rend();) {
      if (dependents({*one}, kept).size() > 1) {
        cause.needed.insert(*one++);
        continue;
      }
      const Changes fewer = without(kept, {*one++});
      const Outcome outcome = ask(fewer);
      if (outcome == Outcome::skipped) cause.least = false;
      if (outcome != Outcome::bad) continue;
      cause = {};
      kept = fewer;
      one = kept.rbegin();
    }
    cause.changes = std::move(kept);
    return cause;
  }

  void take_away(const Changes& blamed, Minimum& minimum) {
    for (const Needs needs : {&Change::needs, &Change::likely_needs}) {
      minimum.rest = without(all_, dependents(blamed, all_, needs));
      minimum.without = ask(minimum.rest);
      if (minimum.without != Outcome::skipped) return;
    }
  }

  const std::vector<Change>& changes_;
  const Oracle& oracle_;
  Changes all_;
  std::map<Changes, Outcome> answers_;
};

}  // namespace

Minimum minimise(const std::vector<Change>& changes, const Oracle& oracle) {
  return Search(changes, oracle).whole();
}

}  // namespace kproof::bisect
