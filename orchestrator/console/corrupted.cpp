#include <algorithm>
#include <set>

#include <re2/re2.h>

#include "console/describe.hpp"
#include "console/trace_lines.hpp"

namespace kproof::console {

// A trace that starts must hold a frame within this many lines.
static constexpr std::size_t kSoon = 15;

static bool has_frame_behind(const std::vector<ReportLine>& lines, std::size_t start) {
  const std::size_t end = std::min(lines.size(), start + 1 + kSoon);
  for (std::size_t i = start + 1; i < end; ++i) {
    if (is_frame(lines[i].text) ||
        lines[i].text.find("(stack is not available)") != std::string::npos)
      return true;
    if (starts_trace(lines[i].text)) return false;
  }
  return false;
}

static bool is_interrupted(const std::vector<ReportLine>& lines, std::size_t start) {
  const auto begin = lines.begin() + static_cast<std::ptrdiff_t>(start);
  const auto end = begin + static_cast<std::ptrdiff_t>(std::min(kSoon, lines.size() - start));
  return std::any_of(begin, end, [](const ReportLine& line) { return is_intruder(line.text); });
}

// What follows such a line is about other tasks and CPUs.
static bool ends_own_part(const std::string& text) {
  return text.starts_with("INFO: task ") || text.starts_with("NMI backtrace") ||
         text.starts_with("Showing all locks") || text.find(" PC stack ") != text.npos ||
         text.starts_with("Sending NMI");
}

// Which of the stack traces of a report begins here: they are told apart by their first words.
static std::string kind_of_trace(const std::string& text) {
  static const RE2 kind("Call [Tt]race|Backtrace|Allocated|Freed|backtrace|Uninit was [a-z]+");
  re2::StringPiece found;
  const bool known = kind.Match(text, 0, text.size(), RE2::UNANCHORED, &found, 1);
  return known ? std::string(found) : text;
}

// Of each kind the first trace is looked at: a second one is of what followed, as of a panic.
std::string why_corrupted(const std::vector<ReportLine>& lines, bool wants_trace) {
  if (!wants_trace) return "";
  std::set<std::string> seen;
  bool traced = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (traced && ends_own_part(lines[i].text)) return "";
    // riscv prints the frames of an oops behind its registers, without a header.
    traced |= lines[i].text.starts_with("epc : ") && has_frame_behind(lines, i);
    traced |= is_arm_frame(lines[i].text);
    if (!starts_trace(lines[i].text)) continue;
    traced = true;
    if (!seen.insert(kind_of_trace(lines[i].text)).second) continue;
    if (is_interrupted(lines, i)) return "mixed with a report of fault injection";
    if (!has_frame_behind(lines, i)) return "a stack trace without frames";
  }
  return traced ? "" : "no stack trace";
}

}  // namespace kproof::console
