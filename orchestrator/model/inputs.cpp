#include "model/inputs.hpp"

#include <map>

namespace kproof::model {

static std::map<std::string, std::string> parse_inputs(std::string_view text) {
  std::map<std::string, std::string> inputs;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view word = text.substr(at, text.find("; ", at) - at);
    const std::size_t blank = word.rfind(' ');
    if (blank != word.npos) inputs[std::string(word.substr(0, blank))] = word.substr(blank + 1);
    at += word.size() + 2;
  }
  return inputs;
}

std::vector<std::string> differing_inputs(std::string_view then, std::string_view now) {
  const auto a = parse_inputs(then), b = parse_inputs(now);
  std::vector<std::string> names;
  for (const auto& [name, hash] : b)
    if (const auto before = a.find(name); before == a.end() || before->second != hash)
      names.push_back(name);
  for (const auto& [name, hash] : a)
    if (!b.contains(name)) names.push_back(name);
  return names;
}

}  // namespace kproof::model
