#include "console/wrapped.hpp"

#include <algorithm>

#include <re2/re2.h>

#include "console/line.hpp"
#include "console/shape.hpp"
#include "console/trace_lines.hpp"

namespace kproof::console {

static constexpr std::size_t kTerminal = 80;   // columns: cut wherever it falls
static constexpr std::size_t kNarrow = 64;     // of mails that are wrapped between words
static constexpr std::size_t kNarrowest = 40;  // where the whole proves that it is one line
static constexpr std::size_t kEnd = 100;       // bytes: a place in a file, and the words before it
static constexpr std::string_view kMarks = ">| \t";  // of quotations

static std::string_view quotation(std::string_view raw) {
  const std::string_view marks = raw.substr(0, raw.find_first_not_of(kMarks));
  return marks.find_first_of(">|") == marks.npos ? std::string_view() : marks;
}

// In a quotation the rest has its mark too.
std::string_view Broken::unmarked(std::string_view text) const {
  if (mark_.empty() || !text.starts_with(mark_.front())) return text;
  return text.substr(std::min(text.find_first_not_of(kMarks), text.size()));
}

bool Broken::is_indented(const Line& line) const {
  return mark_.empty() && (line.text.starts_with(' ') || line.text.starts_with('\t'));
}

// Its last word wants another.
static bool hangs(std::string_view text) {
  static const RE2 re(R"((?:^|\s)(?:at:?|in:?|on|for|from|by|is|to|or|of|than|address:?)$|\w[-/]$|)"
                      R"(\bat \S+\.[chS]:\d+$)");
  // print_unlock_imbalance_bug() itself goes on in the next line.
  return !text.ends_with(") at:") && RE2::PartialMatch({text.data(), text.size()}, re);
}

static std::string_view end_of(std::string_view text) {
  return text.substr(text.size() - std::min(text.size(), kEnd));
}

void Broken::remember(const Line& line, bool open) {
  open_ = open;
  line_ = line;
  width_ = line.raw.size();
  end_ = end_of(line.text);
  mark_ = quotation(line.raw);
  if (!open) return;
  text_ = line.text;
  caller_ = line.caller;
  raw_ = line.raw;
}

void Broken::widen(const Line& rest, std::string_view whole) {
  line_.number = rest.number;
  width_ = rest.raw.size();
  end_ = end_of(rest.text);
  if (open_) text_ = std::string(whole);
}

// "-----" goes on in no other line.
static bool is_ruler(std::string_view text) {
  return text.ends_with("-----") || text.ends_with("=====");
}

// The next word had no room in it.
bool Broken::is_full(const Line& line, std::size_t columns) const {
  if (width_ == kTerminal) return true;
  if (is_ruler(end_)) return false;
  const std::string_view rest = unmarked(line.text);
  const std::size_t word = std::min(rest.find(' '), rest.size());
  return width_ < kTerminal && width_ + 1 + word > columns + mark_.size();
}

// "mm/gup.c:12 [inline]"
static bool is_place(std::string_view text) {
  static const RE2 re(R"(^\S+\.[chS]:\d+(?: \[inline\])?$)");
  return RE2::PartialMatch({text.data(), text.size()}, re);
}

// Directly behind it, and nothing in front but a quotation's mark.
bool Broken::is_next(const Line& line) const {
  const bool bare = line.text.size() + mark_.size() >= line.raw.size();
  return line.number == line_.number + 1 && !line.text.empty() && bare &&
         !looks_prefixed(unmarked(line.text));
}

bool Broken::surely_goes_on_in(const Line& line) const {
  if (!is_next(line)) return false;
  const bool asks_more = hangs(end_) || end_.ends_with("},");  // lockdep: "{+.+.}-{3:3}, at: f"
  if (line.marked != line_.marked) return line_.marked && (is_full(line, kNarrow) || asks_more);
  return !line.marked && width_ != kTerminal
             ? (hangs(end_) || is_place(line.text)) && !is_indented(line)
             : !line.marked && !is_indented(line) && !is_frame(line.text) &&
                   !begins_as_kernels(line.text);
}

// Behind a line that may be a header, or the beginning of one, what the whole says decides.
bool Broken::goes_on_in(const Line& line) const {
  if (surely_goes_on_in(line)) return true;
  if (!open_ || !is_next(line)) return false;
  if (line.marked || begins_as_kernels(line.text)) return false;
  return is_full(line, kNarrowest) && !is_indented(line);
}

std::string Broken::with(std::string_view text, const Line& line) const {
  const bool cut = width_ == kTerminal || end_.ends_with('-');
  return std::string(text).append(cut ? "" : " ").append(unmarked(line.text));
}

Line Broken::as_line(std::string_view text) const {
  Line line = line_;
  line.text = text;
  line.caller = caller_;
  line.raw = raw_;
  return line;
}

}  // namespace kproof::console
