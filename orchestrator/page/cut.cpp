#include "page/cut.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "util/utf8.hpp"

namespace kproof::page {

static constexpr std::size_t kLongest = 2000;  // bytes of a line; the kernel's have half at most

static std::vector<std::string_view> lines_of(std::string_view log) {
  std::vector<std::string_view> lines;
  while (!log.empty()) {
    const std::size_t end = std::min(log.find('\n'), log.size());
    lines.push_back(log.substr(0, end));
    log.remove_prefix(std::min(end + 1, log.size()));
  }
  return lines;
}

static std::size_t cost_of(std::string_view line) {
  return std::min(line.size(), kLongest) + 1;
}

static void add_shown(std::string_view line, std::string& text) {
  line = line.substr(0, line.find_last_not_of('\r') + 1);
  text += util::printable(line.substr(0, kLongest));
  if (line.size() > kLongest) text += fmt::format("… ({} bytes)", line.size());
  text += '\n';
}

std::string shown(std::string_view lines) {
  std::string text;
  for (const std::string_view line : lines_of(lines))
    add_shown(line, text);
  return text;
}

namespace {
// Which lines are kept while there is room.
class Choice {
 public:
  Choice(const std::vector<std::string_view>& lines, std::size_t most)
      : lines_(lines), kept_(lines.size()), left_(most) {}

  // False where `reserve` bytes would not be left behind it.
  bool keep(std::size_t line, std::size_t reserve) {
    if (kept_[line]) return true;
    const std::size_t cost = cost_of(lines_[line]);
    if (cost + reserve > left_) return false;
    left_ -= cost;
    return kept_[line] = true;
  }
  std::size_t left() const { return left_; }
  const std::vector<bool>& kept() const { return kept_; }

 private:
  const std::vector<std::string_view>& lines_;
  std::vector<bool> kept_;
  std::size_t left_;
};
}  // namespace

static std::vector<bool> choose(const std::vector<std::string_view>& lines,
                                const std::vector<Lines>& wanted, std::size_t most) {
  constexpr std::size_t kBefore = 10, kBehind = 20;
  Choice choice(lines, most);
  for (const Lines& range : wanted) {
    const std::size_t first = range.first > kBefore ? range.first - kBefore - 1 : 0;
    const std::size_t end = std::min(range.last + kBehind, lines.size());
    for (std::size_t i = first; i < end && choice.keep(i, most / 2); ++i) {
    }
  }
  const std::size_t behind_head = choice.left() - choice.left() / 4;
  for (std::size_t i = 0; i < lines.size() && choice.keep(i, behind_head); ++i) {
  }
  for (std::size_t i = lines.size(); i > 0 && choice.keep(i - 1, 0); --i) {
  }
  return choice.kept();
}

LogCut cut(std::string_view log, const std::vector<Lines>& wanted, std::size_t most) {
  const std::vector<std::string_view> lines = lines_of(log);
  const std::vector<bool> kept = choose(lines, wanted, most);
  LogCut result{.lines = lines.size()};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!kept[i]) continue;
    if (i == 0 || !kept[i - 1]) result.pieces.push_back({i + 1, i});
    result.pieces.back().last = i + 1;
    add_shown(lines[i], result.text);
  }
  return result;
}

}  // namespace kproof::page
