#include "console/report.hpp"

#include "console/analyzer.hpp"
#include "console/describe.hpp"

namespace kproof::console {

// Words that only reports print, besides frames.
static bool is_structural(std::string_view text) {
  static const RE2 re(
      R"(^\s*(?:CPU: |Hardware name|Call [Tt]race|Backtrace|Code: |Modules linked in|---\[|)"
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

Report::Report(const Row& row, std::size_t number, std::string_view caller, bool marked,
               std::string_view text)
    : row_(&row), start_(number), end_(number), caller_(caller), marked_(marked) {
  lines_.push_back({number, std::string(text)});
  text_size_ = text.size();
}

bool Report::wants(std::string_view caller, bool marked) const {
  if (caller == caller_) return marked || !marked_;
  return other_cpus_ && caller.starts_with('C');
}

void Report::add(std::size_t number, std::string_view text) {
  // Panics, and lock reports that only printing the oops provoked, hold nothing new once the
  // report itself is there.
  constexpr std::size_t kEnough = 40;
  if (text.find("Sending NMI") != text.npos) other_cpus_ = true;
  if (text.find("Kernel panic - not syncing") != text.npos && lines_.size() > kEnough)
    text_over_ = true;
  if (overtaken_) {
    ++idle_;
    follow_frames(number, text);
  } else if (is_structural(text)) {
    idle_ = 0;
    end_ = number;
  } else {
    ++idle_;
  }
  if (text_over_ || text.find("Disabling lock debugging due to kernel taint") != text.npos) return;
  lines_.push_back({number, std::string(text)});
  text_size_ += text.size() + sizeof(ReportLine);
  // Without callers nobody can tell whose the lines behind it are.
  text_over_ |= caller_.empty() && brings_a_stack(text);
}

// Of the report behind it, an overtaken one takes no more than the first trace.
void Report::follow_frames(std::size_t number, std::string_view text) {
  if (trace_over_) return;
  if (is_frame(text)) {
    end_ = number;
    in_trace_ = true;
  } else {
    trace_over_ = in_trace_ && !is_structural(text);
  }
}

void Report::join(std::size_t number, std::string_view text) {
  add(number, text);
  idle_ = 0;
  end_ = number;
}

bool Report::repeat(const Row& row, std::size_t number, std::string_view text) {
  if (lines_.size() != 1 || !lines_.front().text.ends_with(" [inline]")) return false;
  if (row.pattern->trigger != row_->pattern->trigger) return false;
  row_ = &row;
  end_ = number;
  lines_.front() = {number, std::string(text)};
  return true;
}

void Report::show(std::size_t number, std::string_view raw) {
  if (trace_over_) return;
  if (excerpt_.size() + raw.size() + 1 <= kMostExcerpt) excerpt_.append(raw).append("\n");
  if (number == end_ || excerpt_end_ == 0) excerpt_end_ = excerpt_.size();
}

bool Report::stands() const {
  return !(row_->pattern->flags & kForeign) || fits(*row_, lines_);
}

model::Finding Report::describe() const {
  model::Finding finding = console::describe(*row_, lines_);
  finding.start_line = start_;
  finding.end_line = end_;
  finding.excerpt = excerpt_.substr(0, excerpt_end_);
  finding.panicked = panicked_;
  return finding;
}

}  // namespace kproof::console
