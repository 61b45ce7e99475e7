#include "ftrace/near.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "util/names.hpp"

namespace kproof::ftrace {

static constexpr std::size_t kMost = 8;

static std::string without_stars(std::string text) {
  std::erase(text, '*');
  return text;
}

// The nearest first; equals by their names.
static std::vector<std::string> nearest(const std::string& word, std::vector<std::string> names) {
  const auto rank = [&](const std::string& name) {
    const bool within = !word.empty() && name.find(word) != name.npos;
    return std::pair(within ? 0 : util::edit_distance(word, name), name);
  };
  std::ranges::sort(names, {}, rank);
  names.resize(std::min(names.size(), kMost));
  return names;
}

std::string near_events(const std::string& pattern, const std::vector<std::string>& known) {
  const std::size_t colon = std::min(pattern.find(':'), pattern.size());
  const std::string system = pattern.substr(0, colon);
  const std::string event = colon < pattern.size() ? pattern.substr(colon + 1) : "";
  std::vector<std::string> of_system;
  std::set<std::string> systems;
  for (const std::string& name : known) {
    const std::size_t slash = name.find('/');
    systems.insert(name.substr(0, slash));
    if (name.substr(0, slash) == system) of_system.push_back(name.substr(slash + 1));
  }
  if (!of_system.empty())
    return fmt::format("{} has {}", system,
                       fmt::join(nearest(without_stars(event), of_system), ", "));
  return fmt::format(
      "there is no system {}; near: {}", system,
      fmt::join(nearest(without_stars(system), {systems.begin(), systems.end()}), ", "));
}

}  // namespace kproof::ftrace
