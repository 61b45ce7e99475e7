#include "compare/explain.hpp"

#include <algorithm>

namespace kproof::compare {
using model::AxisValues;

static bool has_all(const Observation& observation, const AxisValues& values) {
  return std::ranges::all_of(values, [&](const auto& value) {
    return std::ranges::find(observation.axes, value) != observation.axes.end();
  });
}

static bool fits(const std::vector<Observation>& observations, const AxisValues& values) {
  return std::ranges::all_of(observations, [&](const Observation& observation) {
    return observation.shows == has_all(observation, values);
  });
}

// What all cells that show it have in common: nothing else can be a part of an explanation.
static AxisValues in_common(const std::vector<Observation>& observations) {
  AxisValues common;
  bool first = true;
  for (const Observation& observation : observations) {
    if (!observation.shows) continue;
    if (std::exchange(first, false)) common = observation.axes;
    std::erase_if(common, [&](const auto& value) { return !has_all(observation, {value}); });
  }
  return common;
}

// Sets of `size` of `candidates` from `next` on, added to `chosen`, that fit.
static void choose(const std::vector<Observation>& observations, const AxisValues& candidates,
                   std::size_t next, std::size_t size, AxisValues& chosen,
                   std::vector<AxisValues>& found) {
  if (chosen.size() == size) {
    if (fits(observations, chosen)) found.push_back(chosen);
    return;
  }
  for (std::size_t i = next; i < candidates.size(); ++i) {
    chosen.push_back(candidates[i]);
    choose(observations, candidates, i + 1, size, chosen, found);
    chosen.pop_back();
  }
}

std::vector<AxisValues> explain(const std::vector<Observation>& observations, std::size_t most) {
  std::vector<AxisValues> found;
  const auto shown = std::ranges::count_if(observations, &Observation::shows);
  if (shown == 0 || shown == std::ssize(observations)) return found;
  const AxisValues candidates = in_common(observations);
  AxisValues chosen;
  for (std::size_t size = 1; size <= std::min(most, candidates.size()) && found.empty(); ++size)
    choose(observations, candidates, 0, size, chosen, found);
  return found;
}

namespace {

// A set of values that no cell without the sign has, and which cells with it do.
struct Part {
  AxisValues values;
  std::vector<bool> covers;  // by cell
};

// Choices of parts that cover all cells which show it.
class Covers {
 public:
  Covers(const std::vector<Part>& parts, const std::vector<Observation>& observations)
      : parts_(parts), observations_(observations) {}
  // Two at most: more than one is as good as ten.
  const std::vector<std::vector<std::size_t>>& of(std::size_t size) {
    chosen_.clear();
    choose(0, size);
    return found_;
  }

 private:
  bool cover_all() const {
    for (std::size_t i = 0; i < observations_.size(); ++i)
      if (observations_[i].shows &&
          std::ranges::none_of(chosen_, [&](std::size_t part) { return parts_[part].covers[i]; }))
        return false;
    return true;
  }
  void choose(std::size_t next, std::size_t size) {
    if (found_.size() > 1) return;
    if (chosen_.size() == size) {
      if (cover_all()) found_.push_back(chosen_);
      return;
    }
    for (std::size_t i = next; i < parts_.size(); ++i) {
      chosen_.push_back(i);
      choose(i + 1, size);
      chosen_.pop_back();
    }
  }

  const std::vector<Part>& parts_;
  const std::vector<Observation>& observations_;
  std::vector<std::size_t> chosen_;
  std::vector<std::vector<std::size_t>> found_;
};

}  // namespace

static void add_part(const std::vector<Observation>& observations, AxisValues values,
                     std::vector<Part>& parts) {
  Part part{.values = std::move(values), .covers = {}};
  std::size_t cells = 0;
  for (const Observation& observation : observations) {
    const bool has = has_all(observation, part.values);
    if (has && !observation.shows) return;
    part.covers.push_back(has);
    cells += has;
  }
  if (cells >= 2) parts.push_back(std::move(part));
}

static std::vector<std::string> names_of(const AxisValues& values) {
  std::vector<std::string> names;
  for (const auto& [name, value] : values)
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  return names;
}

static std::vector<Part> parts_of(const std::vector<Observation>& observations, std::size_t size) {
  AxisValues all;
  for (const Observation& observation : observations)
    for (const auto& value : observation.axes)
      if (observation.shows && std::ranges::find(all, value) == all.end()) all.push_back(value);
  std::ranges::stable_sort(all, {}, [&, names = names_of(all)](const auto& value) {
    return std::ranges::find(names, value.first) - names.begin();
  });
  std::vector<Part> parts;
  for (std::size_t i = 0; i < all.size(); ++i) {
    add_part(observations, {all[i]}, parts);
    for (std::size_t k = i + 1; size > 1 && k < all.size(); ++k)
      if (all[i].first != all[k].first) add_part(observations, {all[i], all[k]}, parts);
  }
  return parts;
}

std::vector<AxisValues> explain_by_any(const std::vector<Observation>& observations) {
  for (std::size_t size = 1; size <= 2; ++size) {
    const std::vector<Part> parts = parts_of(observations, size);
    for (std::size_t sets = 2; sets <= 3; ++sets) {
      const auto found = Covers(parts, observations).of(sets);
      if (found.size() > 1) return {};
      if (found.empty()) continue;
      std::vector<AxisValues> values;
      for (const std::size_t part : found.front())
        values.push_back(parts[part].values);
      return values;
    }
  }
  return {};
}

}  // namespace kproof::compare
