#include "run/kernel_words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <tuple>
#include <utility>

#include "agent/messages.hpp"
#include "console/kmsg.hpp"

namespace kproof::run {

static constexpr std::size_t kMostLines = 2, kLongest = 200;
static constexpr unsigned kError = 3, kNotice = 5;  // levels of syslog

// "KVM-AMD, /dev/kvm" -> kvm_amd, dev, kvm
static std::set<std::string> words_of(std::string_view text) {
  static constexpr std::array kEverywhere{"the", "and",    "not",    "cpu",    "dev",  "case",
                                          "has", "kernel", "module", "device", "file", "memory"};
  std::set<std::string> words;
  std::string word;
  const auto end = [&] {
    if (word.size() >= 3 && std::ranges::count(kEverywhere, word) == 0) words.insert(word);
    word.clear();
  };
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '_' || c == '-')
      word += c == '-' ? '_' : static_cast<char>(std::tolower(byte));
    else
      end();
  }
  end();
  return words;
}

// kvm and kvm_amd are of one family.
static bool are_kin(const std::string& a, const std::string& b) {
  const auto& [less, more] = a.size() < b.size() ? std::tie(a, b) : std::tie(b, a);
  return a == b || (more.starts_with(less) && more[less.size()] == '_');
}

static bool is_about(std::string_view line, const std::set<std::string>& subjects) {
  constexpr std::size_t kLongestHead = 48;
  const std::size_t colon = line.find(": ");
  if (colon == line.npos || colon > kLongestHead) return false;
  const auto head = words_of(line.substr(0, colon));
  return std::ranges::any_of(head, [&](const std::string& word) {
    return std::ranges::any_of(subjects,
                               [&](const auto& subject) { return are_kin(word, subject); });
  });
}

namespace {
struct Candidate {
  unsigned rank;  // 2: of that subsystem; 1: an error meanwhile
  std::size_t place;
  std::string line;
};
}  // namespace

static std::vector<Candidate> candidates(std::string_view kmsg,
                                         const std::set<std::string>& subjects,
                                         const std::string& begin) {
  std::vector<Candidate> found;
  bool begun = false;
  for (std::size_t at = 0; at < kmsg.size();) {
    const std::size_t end = std::min(kmsg.find('\n', at), kmsg.size());
    const auto record = console::parse_kmsg(kmsg.substr(at, end - at));
    at = end + 1;
    if (!record) continue;
    const std::string line = record->text.substr(0, std::min(record->text.find('\n'), kLongest));
    begun |= line == begin;
    if (!record->from_kernel() || line.empty()) continue;
    const bool about = record->level <= kNotice && is_about(line, subjects);
    if (about || (begun && record->level <= kError))
      found.push_back({about ? 2u : 1u, found.size(), line});
  }
  return found;
}

// The best, and of equals the last, as what is said last is nearest to the end.
std::vector<std::string> kernel_words(std::string_view kmsg, std::string_view reason,
                                      std::string_view nonce) {
  std::vector<Candidate> found = candidates(kmsg, words_of(reason), agent::canary(nonce, "begin"));
  std::ranges::sort(found, [](const Candidate& a, const Candidate& b) {
    return std::pair(a.rank, a.place) > std::pair(b.rank, b.place);
  });
  std::vector<Candidate> chosen;
  for (Candidate& one : found)
    if (chosen.size() < kMostLines && std::ranges::count(chosen, one.line, &Candidate::line) == 0)
      chosen.push_back(std::move(one));
  std::ranges::sort(chosen, {}, &Candidate::place);
  std::vector<std::string> lines;
  for (Candidate& one : chosen)
    lines.push_back(std::move(one.line));
  return lines;
}

}  // namespace kproof::run
