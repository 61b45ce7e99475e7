#include "util/names.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fnmatch.h>

namespace kproof::util {

bool glob_match(const std::string& pattern, const std::string& text) {
  return ::fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

bool is_glob(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

// Optimal string alignment: Levenshtein with swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      d[i][j] =
          std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::size_t limit = std::max<std::size_t>(1, word.size() / 3) + 1;
  std::string best;
  for (const auto& candidate : candidates)
    if (const std::size_t n = edit_distance(word, candidate); n < limit) {
      limit = n;
      best = candidate;
    }
  return best;
}

std::string suggest(std::string_view word, const std::vector<std::string>& known,
                    std::string_view what) {
  const std::string guess = nearest(word, known);
  return fmt::format("{}known {}: {}",
                     guess.empty() ? "" : fmt::format("did you mean `{}`? ", guess), what,
                     known.empty() ? "none" : fmt::to_string(fmt::join(known, ", ")));
}

}  // namespace kproof::util
