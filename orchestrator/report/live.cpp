#include "report/live.hpp"

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>
#include <unistd.h>

namespace kproof::report {

static void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

// ECMA-48: cursor up, then erase from there to the end of the screen.
static std::string erase(std::size_t lines) {
  return lines == 0 ? "" : fmt::format("\033[{}A\033[J", lines);
}

LiveProgress::LiveProgress(int fd, Style style, std::size_t cells, std::size_t kernels,
                           std::function<util::Millis()> elapsed)
    : fd_(fd), style_(style), elapsed_(std::move(elapsed)) {
  model_.total = cells;
  model_.kernels = kernels;
}

LiveProgress::~LiveProgress() {
  clear();
}

// One write for all of it, so that a terminal never shows half a frame.
void LiveProgress::put(const std::string& line, bool block) {
  std::string frame = erase(drawn_);
  drawn_ = 0;
  if (!line.empty()) frame += line + "\n";
  if (block && style_.terminal) {
    const std::string text = render_block(model_, elapsed_(), style_);
    drawn_ = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    frame += text;
  }
  write_all(fd_, frame);
}

bool LiveProgress::is_news(const ProgressEvent& event, util::Millis now) {
  static constexpr std::chrono::seconds kPause{30};
  if (style_.terminal) return std::holds_alternative<CellFinished>(event);
  if (std::holds_alternative<KernelEnded>(event)) return false;  // that is said in other words
  if (!std::holds_alternative<KernelAt>(event)) return true;
  if (now - told_ < kPause) return false;
  told_ = now;
  return true;
}

void LiveProgress::on(const ProgressEvent& event) {
  const std::lock_guard lock(mutex_);
  const util::Millis now = elapsed_();
  const std::string line = is_news(event, now) ? render_event(model_, event, now, style_) : "";
  apply(model_, event, now);
  put(line, true);
}

void LiveProgress::tick() {
  const std::lock_guard lock(mutex_);
  if (!style_.terminal) return;
  const Style now = style_of(fd_);
  if (now.terminal) style_.width = now.width, style_.height = now.height;
  put("", true);
}

void LiveProgress::say(const std::string& line) {
  const std::lock_guard lock(mutex_);
  put(line, true);
}

void LiveProgress::clear() {
  const std::lock_guard lock(mutex_);
  put("", false);
}

}  // namespace kproof::report
