#include "console/shape.hpp"

#include <algorithm>

#include <re2/re2.h>

#include "console/line.hpp"

namespace kproof::console {

static std::size_t run(std::string_view text, std::size_t pos, bool (*belongs)(char)) {
  std::size_t end = pos;
  while (end < text.size() && belongs(text[end]))
    ++end;
  return end - pos;
}

static bool is_space(char c) {
  return c == ' ';
}

// Months and days change, and so do the letters of levels and of what printed: "E", "T77", "C1".
static bool same_word(std::string_view a, std::string_view b) {
  constexpr std::string_view kDates =
      " Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec Mon Tue Wed Thu Fri Sat Sun ";
  const auto is_date = [&](std::string_view word) {
    return word.size() == 3 && kDates.find(" " + std::string(word) + " ") != kDates.npos;
  };
  return a == b || (a.size() == 1 && b.size() == 1) || (is_date(a) && is_date(b));
}

// "file:" before a line that `grep -A` looked for, "file-" before the next ones.
static bool is_grep_mark(char c) {
  return c == ':' || c == '-';
}

std::size_t Shape::prefix_of(std::string_view line) const {
  const std::size_t body = form_.find_last_not_of(' ') + 1;  // "" and all spaces: 0
  std::size_t at = 0, in = 0;
  while (in < body) {
    if (form_[in] == ' ' || (at < line.size() && line[at] == ' ')) {
      in += run(form_, in, is_space);
      at += run(line, at, is_space);
    } else if (is_digit(form_[in])) {
      const std::size_t digits = run(line, at, is_digit);
      if (digits == 0) return 0;
      at += digits;
      in += run(form_, in, is_digit);
    } else if (is_letter(form_[in])) {
      const std::size_t mine = run(form_, in, is_letter), its = run(line, at, is_letter);
      if (!same_word(std::string_view(form_).substr(in, mine), line.substr(at, its))) return 0;
      in += mine;
      at += its;
    } else {
      const bool ends =
          in + 1 == body && is_grep_mark(form_[in]) && at < line.size() && is_grep_mark(line[at]);
      if (at == line.size() || (line[at] != form_[in] && !ends)) return 0;
      ++in;
      ++at;
    }
  }
  for (; in < form_.size() && at < line.size(); ++in, ++at)
    if (line[at] != ' ') return 0;
  return at;
}

// Words of the kernel's own that begin a line, each in a line of its own. Its rulers are nothing
// but rulers; those of test runners have words in them.
static const RE2& beginning() {
  static const RE2 re(
      R"((?:CPU: \d+ (?:UID: \d+ )?PID: \d+ Comm: |Call [Tt]race: *(?:\(.*\))?$|Backtrace: *$|)"
      R"(R?E?IP: [0-9a-f]{4}:|PC is at |LR is at |pc : |Modules linked in:|Hardware name: |)"
      R"(------------\[ cut here \]|(?:={25,}|-{25,})\s*$|Workqueue: |(?:Read|Write) of size \d+ |Pid: \d+, comm: |)"
      R"(task:\S+ +state:|NMI backtrace for cpu |unreferenced object 0x|NIP \[|Krnl PSW : |)"
      R"(epc : |Stack: *$|RSP: [0-9a-f]{4}:|caller is \S+\+0x|)"
      // Of a stall; at boot other words stand behind the tab.
      R"(rcu: \t(?:\d+-|\(|Tasks blocked|blocking |Possible |Unless )))");
  return re;
}

bool Shape::learn(std::string_view line) {
  re2::StringPiece found;
  if (!beginning().Match({line.data(), line.size()}, 0, line.size(), RE2::UNANCHORED, &found, 1))
    return false;
  const auto size = static_cast<std::size_t>(found.data() - line.data());
  const std::string_view before = line.substr(0, size);  // "----- Captured -----" has no prefix
  if (before.find("-----") != before.npos || before.find("=====") != before.npos) return false;
  return learn_prefix(line, size);
}

// init/version.c: the release, who built it and where, with what, its number and its date.
bool Shape::learn_of_banner(std::string_view line) {
  static const RE2 banner(
      R"(Linux version \d+\.\d+\S* \(\S+@\S+\) \(.*\) #\d+.* \d\d:\d\d:\d\d (?:\w+ )?\d{4}\s*$|)"
      R"(Linux version \d+\.\d+\S* \(\S+@\S+\) \(.*\) #\d+ .*\(\d{4}-\d\d-\d\d\)\s*$)");
  re2::StringPiece found;
  if (line.find("Linux version ") == line.npos) return false;
  if (!banner.Match({line.data(), line.size()}, 0, line.size(), RE2::UNANCHORED, &found, 1))
    return false;
  const auto size = static_cast<std::size_t>(found.data() - line.data());
  const std::string_view before = line.substr(0, size);
  return is_foreign_prefix(before) && !is_quoted(line, size) && learn_prefix(line, size);
}

bool Shape::learn_prefix(std::string_view line, std::size_t size) {
  if (size == 0 || size > kLongest || prefix_of(line) == size) return false;
  constexpr std::string_view kSeparators = " \t;:>|])}\"-,";
  if (kSeparators.find(line[size - 1]) == kSeparators.npos) return false;
  form_ = line.substr(0, size);
  return true;
}

bool begins_as_kernels(std::string_view text) {
  re2::StringPiece found;
  const std::size_t start = std::min(text.find_first_not_of(' '), text.size());
  return beginning().Match({text.data(), text.size()}, start, text.size(), RE2::ANCHOR_START,
                           &found, 1);
}

// Behind `one mark or, as in reStructuredText, ``two.
static bool is_in_ticks(std::string_view before) {
  std::size_t marks = 0;
  for (std::size_t i = 0; i < before.size(); ++i)
    marks += before[i] == '`' && (i == 0 || before[i - 1] != '`');
  return marks % 2 == 1;
}

bool is_quoted(std::string_view line, std::size_t trigger) {
  static const RE2 quotes(
      // A shell's trace, a prompt, lists, comments, diffs; mails, and what answers them; a test
      // runner.
      R"(^\s*(?:\++ |[$*-] |//|/\*|#define )|^[+-]$|)"
      R"(^(?:Subject|Title|Summary|Re|Fwd|Fixes|Reported-by): |)"
      R"(\b(?:ERROR|WARNI(?:NG)?|INFO|CRITI(?:CAL)?)\| |)"
      R"(\b(?:grep|printk|pr_[a-z]+|dev_[a-z]+|panic|echo|dmesg)\b.*['"(]|)"
      R"((?:^|[\s(=,\[:])[rbfu]?'[^']*$)");
  const std::string_view before = line.substr(0, trigger);
  if (RE2::PartialMatch(re2::StringPiece(before.data(), before.size()), quotes)) return true;
  return is_in_marks(line, trigger) || is_in_ticks(before);
}

// What ftrace prints of a task: "zorkd-77 [003] d..1. 100.000001: ", "zorkd-77 3d..1 100us : ".
static bool is_traced(std::string_view before) {
  static const RE2 re(R"(-\d+ +(?:\[\d+\]|\d+)[ .a-zA-Z0-9]* +\d+(?:\.\d+|us) ?: )");
  return before.find('-') != before.npos &&
         RE2::PartialMatch(re2::StringPiece(before.data(), before.size()), re);
}

bool is_in_marks(std::string_view line, std::size_t at) {
  const std::string_view before = line.substr(0, at);
  return std::ranges::count(before, '"') % 2 == 1 || is_traced(before);
}

bool is_format(std::string_view text) {
  static const RE2 conversion(
      R"(%(?:[-+#0]*(?:\d+|\*)?(?:\.\d+)?(?:hh?|ll?|z)?[diuxXsc]\b|p[a-zA-Z]*\b))");
  return text.find('%') != text.npos &&
         RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), conversion);
}

bool is_test_result(std::string_view text) {
  static const RE2 result(
      R"(^\s*(?:not ok|ok) \d+ |^\s*\[? *(?:X?PASS(?:ED)?|X?FAIL(?:ED)?|SKIP(?:PED)?|OK) *(?:\]|:) |)"
      R"(\bT(?:PASS|FAIL|INFO|CONF|WARN|BROK): |::\w+ (?:PASSED|FAILED|SKIPPED|XFAIL) )");
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), result);
}

bool is_diagnostic(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first != text.npos && text.substr(first).starts_with("# ");
}

bool shows_a_log(std::string_view line) {
  static const RE2 command(
      R"(^[^#$%>]{0,60}[#$%>] *(?:sudo +)?(?:dmesg|journalctl|)"
      R"((?:\w*cat|head|tail|less|more|z?grep|strings)\b.*(?:log|mesg|messages|console|pstore|crash))\b)");
  return RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), command);
}

bool is_foreign_prefix(std::string_view before) {
  static const RE2 word("[a-zA-Z]{4}");
  constexpr std::string_view kBars = "\t|;>";
  const std::size_t last = before.find_last_not_of(' ');
  if (last == before.npos || kBars.find(before[last]) != kBars.npos || before.back() == '\t')
    return true;
  return !RE2::PartialMatch(re2::StringPiece(before.data(), before.size()), word);
}

}  // namespace kproof::console
