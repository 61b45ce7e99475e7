#include "console/report.hpp"

#include <algorithm>
#include <charconv>

#include "console/analyzer.hpp"
#include "console/describe.hpp"
#include "console/trace_lines.hpp"
#include "console/wrapped.hpp"

namespace kproof::console {

// Words that only reports print, besides frames.
static bool is_structural(std::string_view text) {
  static const RE2 re(
      R"(^\s*(?:CPU: |Hardware name|\{\d+\}\[Hardware Error\]|Call [Tt]race|Backtrace|Code: |Modules linked in|---\[|)"
      R"([ER]?(?:IP|SP|AX|BX|CX|DX|SI|DI|BP): ?|R[A-D0-9][X0-9]:|[FC]S: |DR[0-9]: |CR2: |)"
      R"(pstate|pc : |lr : |sp : |[xr]\d+ ?: |</?[A-Z_ ]+>|Workqueue: |Process |Stack:|)"
      R"(Oops|Kernel panic|Kernel Offset|Rebooting in|Tainted|Not tainted|Comm: |)"
      R"(Allocated by|Freed by|The buggy|Memory state|=====|-----|Read of size|Write of size|)"
      R"(stack backtrace|other info|\d+ locks? held|#\d+: |Showing all locks|INFO: |rcu: |task:|)"
      R"(Sending NMI|NMI backtrace|raw: |page:|flags: |unreferenced object|comm |hex dump|backtrace|)"
      R"(runtime stack:|goroutine \d+ \[|-> #\d|but task is already holding|)"
      R"((?:\.\.\. )?which became |.*(?:, at: | is trying to | is freeing memory )))");
  return is_frame(text) || is_questionable(text) ||
         RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), re);
}

Report::Report(const Row& row, const Line& line, Trust trust)
    : row_(&row),
      begun_by_(&row),
      phase_(trust == Trust::believed ? Phase::printing : Phase::doubted),
      start_(line.number),
      end_(line.number),
      end_usec_(line.usec),
      caller_(line.caller),
      marked_(line.marked),
      quoted_(trust == Trust::quoted),
      told_(line.told),
      of_test_(line.of_test),
      remains_(line.remains),
      begun_by_panic_(says_panic(line.text)) {
  lines_.push_back({line.number, std::string(line.text)});
  text_size_ = line.text.size();
}

// "Sending NMI from CPU 1 to CPUs 0,2-3:"; of all CPUs where none is named.
void Report::ask(std::string_view text) {
  static const RE2 cpus(R"((\d{1,5})(?:-(\d{1,5}))?[,:])");
  constexpr std::size_t kMostAsked = 64;
  const std::size_t sends = text.find("Sending NMI");
  if (sends == text.npos) return;
  constexpr std::string_view kTo = "to CPUs ";
  const std::size_t to = text.find(kTo, sends);
  if (to == text.npos) return asked_.push_back({0, ~0u});
  re2::StringPiece list(text.data() + to + kTo.size(), text.size() - to - kTo.size());
  Cpus range;
  std::string last;
  while (RE2::Consume(&list, cpus, &range.first, &last)) {
    if (last.empty() || !RE2::FullMatch(last, R"((\d+))", &range.last)) range.last = range.first;
    if (asked_.size() < kMostAsked) asked_.push_back(range);
  }
}

bool Report::asked(std::string_view caller) const {
  if (asked_.empty() || !caller.starts_with('C')) return false;
  unsigned cpu = 0;
  const auto read = std::from_chars(caller.data() + 1, caller.data() + caller.size(), cpu);
  return read.ec == std::errc() && std::ranges::any_of(asked_, [&](const Cpus& cpus) {
           return cpus.first <= cpu && cpu <= cpus.last;
         });
}

bool Report::wants(const Line& line) const {
  if (phase_ == Phase::doubted && line.marked) return false;
  if (line.caller == caller_) return line.marked || !marked_;
  return asked(line.caller);
}

// A CPU prints where it is because another asked.
static bool answers_another(std::string_view text) {
  return text.starts_with("NMI backtrace for cpu ");
}

bool Report::owns(const Line& line) const {
  if (caller_.empty() || !is_of(line) || !wants(line)) return false;
  return phase_ == Phase::printing || (phase_ == Phase::ended && !answers_another(line.text));
}

// What stands above the header of a report proves no quotation before it.
static bool begins_a_report(std::string_view text) {
  return text.find("[ cut here ]---") != text.npos || text.find("=========") != text.npos;
}

LineKind Report::kind_of(const Line& line) const {
  // Panics, and lock reports that only printing the oops provoked, hold nothing new once the
  // report itself is there.
  constexpr std::size_t kEnough = 40;
  const std::string_view text = line.text;
  if (lines_.size() > kEnough && text.find("Kernel panic - not syncing") != text.npos)
    return LineKind::dying;
  // Without callers nobody can tell whose the lines behind it are.
  if (caller_.empty() && brings_a_stack(text)) return LineKind::foreign;
  if (phase_ == Phase::ended && answers_another(text)) return LineKind::foreign;
  if (text.find("---[ end ") != text.npos) return LineKind::end;
  if (is_frame(text) || is_questionable(text)) return LineKind::frame;
  if (quoted_ && phase_ == Phase::doubted && begins_a_report(text)) return LineKind::words;
  if (phase_ == Phase::doubted)  // words alone prove nothing
    return begins_as_kernels(text) ? LineKind::structure : LineKind::words;
  return is_structural(text) ? LineKind::structure : LineKind::words;
}

void Report::add(const Line& line) {
  const Step next = step(phase_, kind_of(line));
  phase_ = next.to;
  ask(line.text);
  ++idle_;
  if (next.extends) {
    if (phase_ < Phase::overtaken) idle_ = 0;
    end_ = line.number;
    end_usec_ = line.usec;
  }
  if (!next.keeps) return;
  if (line.text.find("Disabling lock debugging due to kernel taint") != line.text.npos) return;
  lines_.push_back({line.number, std::string(line.text)});
  text_size_ += line.text.size() + sizeof(ReportLine);
}

// In lines and, where they have time stamps, in time: what a kernel says of a report, it says at
// once. CPUs may print a little out of order.
bool Report::is_near(const Line& line) const {
  constexpr std::uint64_t kSoon = 10'000'000;   // us
  constexpr std::uint64_t kBefore = 1'000'000;  // us
  if (idle_ >= kWarm) return false;
  if (!line.usec || !end_usec_) return true;
  return *line.usec + kBefore >= *end_usec_ && *line.usec <= *end_usec_ + kSoon;
}

// A panic that repeats why: "scheduling while atomic".
bool Report::is_reason(std::string_view panic) const {
  constexpr std::string_view kSays = "not syncing: ";
  constexpr std::size_t kLeast = 8;
  const std::size_t at = panic.find(kSays);
  if (at == panic.npos) return false;
  const std::string_view reason = panic.substr(at + kSays.size());
  return reason.size() >= kLeast && lines_.front().text.find(reason) != std::string::npos;
}

bool Report::join(const Row& row, const Line& line) {
  const Pattern& pattern = *row.pattern;
  const bool of_its_kind = ((row_->pattern->flags | kAny) & pattern.of) || is_reason(line.text);
  if (!of_its_kind || !admits(phase_, pattern.joining()) || !is_near(line)) return false;
  if (phase_ == Phase::doubted) phase_ = Phase::printing;
  add(line);
  idle_ = 0;
  end_ = line.number;
  end_usec_ = line.usec;
  return true;
}

bool Report::heralds(const Row& row, const Line& line) {
  constexpr std::size_t kClose = 3;  // lines, counted anew from "cut here" if that stands between
  if (!(row_->pattern->flags & kHerald) || (row.pattern->flags & kHerald)) return false;
  const auto cut = std::find_if(lines_.rbegin(), lines_.rend(), [](const ReportLine& printed) {
    return printed.text.find("[ cut here ]---") != std::string::npos;
  });
  const auto since = static_cast<std::size_t>(cut - lines_.rbegin());  // lines behind it
  const std::size_t before = lines_.size() - since;
  if (since > kClose || before > kClose + 1 || phase_ != Phase::printing) return false;
  row_ = &row;
  end_ = line.number;
  end_usec_ = line.usec;
  lines_.assign(1, {line.number, std::string(line.text)});
  return true;
}

bool Report::take_message(const Row& row, const Line& line) {
  constexpr std::size_t kHot = 5;  // lines
  if (!(row.pattern->flags & kHerald) || phase_ != Phase::printing) return false;
  if (!row_->pattern->stack || (row_->pattern->flags & kComplaint) || idle_ >= kHot) return false;
  // It interrupts a report that still lacks a function; behind a whole one it is one of its own.
  if (lines_.size() > kHot && !describe().frame.empty()) return false;
  add(line);
  return true;
}

bool Report::repeat(const Row& row, const Line& line) {
  static const RE2 inlined(R"( \[inline\](?: at addr [0-9a-f]+)?$)");  // KASAN's, up to 4.9
  if (lines_.size() != 1 || !RE2::PartialMatch(lines_.front().text, inlined)) return false;
  if (row.pattern->trigger != row_->pattern->trigger) return false;
  row_ = &row;
  end_ = line.number;
  lines_.front() = {line.number, std::string(line.text)};
  return true;
}

bool Report::is_doubtful_header() const {
  if (marked_ || phase_ != Phase::printing) return false;
  return std::all_of(lines_.begin() + 1, lines_.end(), [](const ReportLine& line) {
    return line.text.find_first_not_of(' ') == std::string::npos;
  });
}

void Report::quote() {
  phase_ = Phase::doubted;
  quoted_ = unbelieved_ = true;
}

void Report::widen(const Row& row, std::string_view whole, const Line& rest) {
  row_ = begun_by_ = &row;
  begun_by_panic_ = says_panic(whole);
  end_ = rest.number;
  text_size_ += rest.text.size();
  lines_.front() = {rest.number, std::string(whole)};
}

bool Report::mend(const Broken& broken, const Line& rest) {
  if (lines_.back().number != broken.number()) return false;
  const bool reached = end_ == broken.number();
  lines_.back() = {rest.number, broken.with(lines_.back().text, rest)};
  text_size_ += rest.text.size();
  if (reached) end_ = rest.number;
  return true;
}

void Report::show(const Line& line) {
  if (phase_ == Phase::spent) return;
  if (excerpt_.size() + line.raw.size() + 1 <= kMostExcerpt) excerpt_.append(line.raw).append("\n");
  if (line.number == end_ || excerpt_end_ == 0) excerpt_end_ = excerpt_.size();
}

void Report::strip(const Shape& shape) {
  for (ReportLine& line : lines_)
    line.text.erase(0, shape.prefix_of(line.text));
}

bool Report::full() const {
  if (phase_ == Phase::doubted) return idle_ > kDoubted;
  const bool waits = phase_ != Phase::ended && phase_ != Phase::over;
  return phase_ == Phase::spent || text_size_ > kMostText || idle_ > (waits ? kCold : kWarm);
}

bool Report::stands() const {
  if (phase_ == Phase::doubted) return false;
  if (row_->pattern->flags & kRemains) return named_by() != nullptr;
  const bool common = (row_->pattern->flags & (kForeign | kWantsBody)) || row_->unless;
  return !common || (panicked_ && !row_->unless) || fits(*row_, lines_);
}

const Row* Report::named_by() const {
  return naming_row(*row_, lines_);
}

// "cut here" stands in front of the header, and what is wrong with a page in front of the BUG.
bool Report::may_begin_another(const Line& header) const {
  constexpr std::size_t kClose = 100;  // lines: registers, and what other CPUs print meanwhile
  const Row* named = named_by();
  const unsigned flags = named ? named->pattern->flags : kBreaksOff;
  return (flags & (kHerald | kBreaksOff)) && header.number <= start_ + kClose;
}

model::Finding Report::describe() const {
  model::Finding finding = console::describe(*row_, lines_);
  if (remains_ && !finding.corrupted) {
    finding.corrupted = true;
    finding.corrupted_reason = "the end of a report without its beginning";
  }
  finding.start_line = start_;
  finding.end_line = end_;
  finding.excerpt = excerpt_.substr(0, excerpt_end_);
  finding.panicked = panicked_;
  return finding;
}

}  // namespace kproof::console
