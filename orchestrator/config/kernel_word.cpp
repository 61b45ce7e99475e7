#include "config/kernel_word.hpp"

#include <algorithm>

namespace kproof::config {

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "6.12.1" of "6.12.1-rc2"; at least two numbers.
static std::string_view numbers_of(std::string_view text) {
  std::size_t at = 0, dots = 0;
  for (; at < text.size() && (is_digit(text[at]) || text[at] == '.'); ++at) {
    if (text[at] != '.') continue;
    if (at == 0 || !is_digit(text[at - 1])) return {};
    ++dots;
  }
  return dots > 0 && is_digit(text[at - 1]) ? text.substr(0, at) : std::string_view();
}

bool is_tag(std::string_view word) {
  if (!word.starts_with('v')) return false;
  const std::string_view numbers = numbers_of(word.substr(1));
  std::string_view rest = word.substr(1 + numbers.size());
  if (numbers.empty() || rest.empty()) return !numbers.empty();
  if (!rest.starts_with("-rc")) return false;
  rest.remove_prefix(3);
  return !rest.empty() && std::ranges::all_of(rest, is_digit);
}

std::optional<model::PackageSource> package_of(std::string_view word) {
  if (word.starts_with("debian:") || word.starts_with("linux-image-"))
    return model::PackageSource{std::string(word)};
  return std::nullopt;
}

bool is_kernel_word(std::string_view word) {
  return is_tag(word) || package_of(word);
}

model::BuildSource small_build(const std::filesystem::path& tree, const std::string& tag) {
  return {.tree = model::GitRevision{tree, tag},
          .patches = {},
          .config = "tinyconfig",
          .fragments = usual_fragments(),
          .compiler = ""};
}

const std::vector<std::string>& usual_fragments() {
  static const std::vector<std::string> kUsual{"base",    "dax",     "kvm",   "lockup",
                                               "tracing", "kprobes", "aging", "numa"};
  return kUsual;
}

}  // namespace kproof::config
