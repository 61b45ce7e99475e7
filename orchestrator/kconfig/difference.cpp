#include "kconfig/difference.hpp"

#include <algorithm>

#include "kconfig/needs.hpp"

namespace kproof::kconfig {
namespace {

bool is_switch(const Option& option) {
  const auto tri = [](const std::string& value) {
    return value == "y" || value == "m" || value == "n";
  };
  return tri(option.good) && tri(option.bad);
}

// At that end there is no such number or text, so that there is nothing to ask for.
bool has_no_say(const Option& option, const std::string& value) {
  return value == "n" && !is_switch(option);
}

std::vector<Option> differing(const Values& good, const Values& bad) {
  std::vector<Option> options;
  const auto add = [&](const std::string& symbol) {
    const std::string a(value_of(good, symbol)), b(value_of(bad, symbol));
    if (a != b) options.push_back({symbol, a, b});
  };
  for (const auto& [symbol, value] : good)
    add(symbol);
  for (const auto& [symbol, value] : bad)
    if (!good.contains(symbol)) add(symbol);
  std::ranges::sort(options, {}, &Option::symbol);
  return options;
}

// Has a prompt that is shown; of a symbol that the language does not know, who knows.
bool can_be_set(const std::string& name, const Values& values, const Language& language) {
  const auto found = language.symbols.find(name);
  if (found == language.symbols.end() || found->second.definitions.empty()) return true;
  return std::ranges::any_of(found->second.definitions, [&](const Definition& definition) {
    return definition.prompt && is_visible(definition, values);
  });
}

// Strongly connected components (Tarjan), each behind those that it leads to.
class Components {
 public:
  explicit Components(const std::vector<std::set<std::size_t>>& edges)
      : edges_(edges), state_(edges.size()) {
    for (std::size_t node = 0; node < edges.size(); ++node)
      if (state_[node].index == 0) visit(node);
  }
  std::vector<std::vector<std::size_t>> take() { return std::move(components_); }

 private:
  struct State {
    std::size_t index = 0, low = 0;
    bool open = false;
  };
  void visit(std::size_t node) {
    state_[node] = {++last_, last_, true};
    stack_.push_back(node);
    for (const std::size_t next : edges_[node]) {
      if (state_[next].index == 0) visit(next);
      if (state_[next].open) state_[node].low = std::min(state_[node].low, state_[next].low);
    }
    if (state_[node].low != state_[node].index) return;
    auto& component = components_.emplace_back();
    do {
      component.push_back(stack_.back());
      state_[stack_.back()].open = false;
      stack_.pop_back();
    } while (component.back() != node);
    std::ranges::sort(component);
  }

  const std::vector<std::set<std::size_t>>& edges_;
  std::vector<State> state_;
  std::vector<std::size_t> stack_;
  std::vector<std::vector<std::size_t>> components_;
  std::size_t last_ = 0;
};

void tie_choices(const std::vector<Option>& options, const Language& language, Needs& needs) {
  for (const Choice& choice : language.choices) {
    std::vector<std::size_t> members;
    for (std::size_t i = 0; i < options.size(); ++i)
      if (std::ranges::count(choice.members, options[i].symbol)) members.push_back(i);
    for (const std::size_t one : members)
      needs.hard[one].insert(members.begin(), members.end());
  }
}

// Groups, sorted so that each stands behind what it needs and, where that can be, may need.
std::vector<Group> grouped(const std::vector<Option>& options, const Needs& needs) {
  const auto together = Components(needs.hard).take();
  std::vector<std::size_t> group_of(options.size());
  for (std::size_t group = 0; group < together.size(); ++group)
    for (const std::size_t option : together[group])
      group_of[option] = group;
  std::vector<std::set<std::size_t>> hard(together.size()), all(together.size());
  for (std::size_t option = 0; option < options.size(); ++option) {
    const std::size_t group = group_of[option];
    for (const std::size_t other : needs.hard[option])
      hard[group].insert(group_of[other]);
    for (const std::size_t other : needs.likely[option])
      all[group].insert(group_of[other]);
  }
  for (std::size_t group = 0; group < together.size(); ++group) {
    all[group].insert(hard[group].begin(), hard[group].end());
    hard[group].erase(group);
    all[group].erase(group);
  }
  std::vector<std::size_t> order, place(together.size());
  for (const auto& component : Components(all).take())
    order.insert(order.end(), component.begin(), component.end());  // hard ones have low numbers
  for (std::size_t at = 0; at < order.size(); ++at)
    place[order[at]] = at;
  std::vector<Group> groups(together.size());
  for (std::size_t group = 0; group < together.size(); ++group) {
    Group& to = groups[place[group]];
    for (const std::size_t option : together[group])
      to.options.push_back(options[option]);
    for (const std::size_t other : hard[group])
      to.needs.insert(place[other]);
    for (const std::size_t other : all[group])
      to.likely_needs.insert(place[other]);
  }
  return groups;
}

// What both ends have in common, and somebody may set.
Values in_common(const Ends& ends, const Language& language) {
  const Values good = parse_dotconfig(ends.good), bad = parse_dotconfig(ends.bad);
  Values common;
  for (const auto& [symbol, value] : good)
    if (value_of(bad, symbol) == value && can_be_set(symbol, good, language))
      common[symbol] = value;
  const auto off = switched_off(ends.bad);
  for (const std::string& symbol : switched_off(ends.good))
    if (off.contains(symbol)) common[symbol] = std::string("n");  // g++ 12 takes "n" for an overlap
  return common;
}

}  // namespace

std::size_t Difference::size() const {
  std::size_t count = following.size();
  for (const Group& group : groups)
    count += group.options.size();
  return count;
}

Difference difference(const Ends& ends, const Language& language) {
  const Values good = parse_dotconfig(ends.good), bad = parse_dotconfig(ends.bad);
  Difference difference;
  std::vector<Option> options;
  for (Option& option : differing(good, bad)) {
    const bool set =
        can_be_set(option.symbol, good, language) || can_be_set(option.symbol, bad, language);
    // A number that the bad end does not have goes with what it belonged to.
    (set && !has_no_say(option, option.bad) ? options : difference.following)
        .push_back(std::move(option));
  }
  Needs needs = needs_of(options, good, bad, language);
  tie_choices(options, language, needs);
  difference.groups = grouped(options, needs);
  return difference;
}

std::string mixed(const Ends& ends, const Difference& difference,
                  const std::set<std::size_t>& groups) {
  Fragment fragment;
  for (std::size_t group = 0; group < difference.groups.size(); ++group)
    for (const Option& option : difference.groups[group].options) {
      const std::string& value = groups.contains(group) ? option.bad : option.good;
      if (!has_no_say(option, value))
        fragment.requests.push_back({option.symbol, value, false, ""});
    }
  return merge(ends.good, {fragment});
}

std::vector<Lost> departures(const Ends& ends, const Difference& difference,
                             const std::set<std::size_t>& groups, const std::string& finished,
                             const Language& language) {
  const Values got = parse_dotconfig(finished);
  std::vector<Lost> lost;
  const auto compare = [&](const std::string& symbol, const std::string& value, const char* whose) {
    if (value_of(got, symbol) != value)
      lost.push_back(explained({symbol, value, false, whose}, got, language));
  };
  for (std::size_t group = 0; group < difference.groups.size(); ++group)
    for (const Option& option : difference.groups[group].options) {
      const bool bad = groups.contains(group);
      const std::string& value = bad ? option.bad : option.good;
      if (!has_no_say(option, value)) compare(option.symbol, value, bad ? "--bad" : "--good");
    }
  for (const auto& [symbol, value] : in_common(ends, language))
    compare(symbol, value, "both ends");
  return lost;
}

}  // namespace kproof::kconfig
