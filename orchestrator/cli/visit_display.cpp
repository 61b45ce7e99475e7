#include "cli/visit_display.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "cli/streams.hpp"

namespace kproof::cli {

VisitDisplay::VisitDisplay(bool verbose)
    : verbose_(verbose), style_(report::style_of(STDERR_FILENO)) {}

sweep::SweepListener VisitDisplay::listener() {
  return {.say = [this](const std::string& line) { show(line); },
          .on_kernel_progress = [this](const std::string& kernel,
                                       const std::string& what) { show(kernel + ": " + what); },
          .on_phase =
              [this](const model::Cell& cell, int level, model::Phase phase) {
                show(fmt::format("{}{}: {}", cell.kernel.name,
                                 level == 1 ? "" : fmt::format(" L{}", level), to_string(phase)));
              }};
}

void VisitDisplay::warn(const std::string& line) {
  const std::lock_guard lock(mutex_);
  clear();
  tell(fmt::format("kproof: {}\n", report::printable(line)));
}

void VisitDisplay::rest() {
  const std::lock_guard lock(mutex_);
  clear();
  rests_ = true;
}

void VisitDisplay::show(const std::string& line) {
  const std::lock_guard lock(mutex_);
  if (rests_ || (!verbose_ && !style_.terminal)) return;
  const std::string text = report::printable(line);
  if (verbose_) return tell(fmt::format("kproof: {}\n", text));
  clear();
  tell(report::shorten("kproof: " + text, style_.width - 1));
  shown_ = true;
}

void VisitDisplay::clear() {
  if (shown_) tell("\r\x1b[K");
  shown_ = false;
}

}  // namespace kproof::cli
