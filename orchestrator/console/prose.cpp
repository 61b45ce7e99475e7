#include "console/prose.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

namespace kproof::console {

static std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end != 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

static bool is_of_word(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) || c == '\'';
}

// Of letters, with punctuation behind it or none.
static std::string_view plain(std::string_view word) {
  const std::size_t end = word.find_last_not_of(",.!?;)") + 1;
  const std::string_view letters = word.substr(0, end);
  if (letters.starts_with('\'')) return {};
  return std::ranges::all_of(letters, is_of_word) ? letters : std::string_view();
}

static bool is_glue(std::string_view word) {
  static constexpr std::array<std::string_view, 42> kGlue{
      "the",  "a",    "an",  "is",   "are",   "was",     "were", "that", "this", "these", "to",
      "of",   "with", "my",  "your", "our",   "I",       "we",   "We",   "you",  "it",    "It",
      "and",  "or",   "if",  "If",   "when",  "When",    "but",  "not",  "by",   "in",    "as",
      "have", "has",  "The", "This", "which", "because", "so",   "then", "also"};
  return std::ranges::count(kGlue, word) != 0;
}

// "mm: ", "Spectre V2 : ": a kernel says of what it speaks. Marks of a prefix do not count.
static bool names_a_subsystem(const std::vector<std::string_view>& words) {
  constexpr std::size_t kFirst = 4;
  std::size_t passed = 0;
  for (const std::string_view word : words) {
    if (word.back() == ':') return true;
    passed += std::ranges::any_of(word, is_of_word);
    if (passed == kFirst) return false;
  }
  return false;
}

bool is_prose(std::string_view text) {
  constexpr std::size_t kLeast = 6, kGlued = 2, kPercent = 70;
  const std::vector<std::string_view> words = words_of(text);
  if (words.size() < kLeast || names_a_subsystem(words)) return false;
  std::size_t plains = 0, glues = 0;
  for (const std::string_view word : words) {
    const std::string_view letters = plain(word);
    plains += !letters.empty();
    glues += is_glue(letters);
  }
  return glues >= kGlued && plains * 100 >= words.size() * kPercent;
}

bool is_in_sentence(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  if (before.empty() || before.back() != ' ') return false;
  std::vector<std::string_view> words = words_of(before);
  const auto plains = std::ranges::count_if(
      words, [](std::string_view word) { return !plain(word).empty() || word.ends_with(':'); });
  const auto begins = [](std::string_view word) {
    return word == "INFO:" || word == "BUG:" || word == "WARNING:" || word.starts_with('[');
  };
  constexpr std::string_view kShell = "+$#-*/";  // a trace, a prompt, a list, a comment
  if (words.empty() || kShell.find(words.front().front()) != kShell.npos) return false;
  return plains >= 2 && !plain(words.back()).empty() && std::ranges::none_of(words, begins);
}

}  // namespace kproof::console
