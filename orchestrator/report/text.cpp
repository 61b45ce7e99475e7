#include "report/text.hpp"

#include <cmath>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace kproof::report {

Style style_of(int fd) {
  Style style;
  const char* term = std::getenv("TERM");
  const char* no_color = std::getenv("NO_COLOR");
  style.terminal = ::isatty(fd) == 1 && term && *term && std::string_view(term) != "dumb";
  // no-color.org: any value that is not empty.
  style.colour = style.terminal && !(no_color && *no_color);
  winsize size{};
  if (style.terminal && ::ioctl(fd, TIOCGWINSZ, &size) == 0) {
    if (size.ws_col > 0) style.width = size.ws_col;
    if (size.ws_row > 0) style.height = size.ws_row;
  }
  return style;
}

std::string paint(std::string_view text, const model::Judgement& judgement, const Style& style) {
  if (!style.colour) return std::string(text);
  const bool unproven =
      judgement.verdict == model::Verdict::skip || judgement.verdict == model::Verdict::miss;
  const int colour = unproven ? 33 : judgement.expected ? 32 : 31;
  return fmt::format("\033[{}m{}\033[0m", colour, text);
}

std::string tint(std::string_view text, series::Change change, const Style& style) {
  constexpr int kColours[] = {0, 0, 33, 32, 31, 33, 31};
  const int colour = kColours[static_cast<std::size_t>(change)];
  if (!style.colour || colour == 0) return std::string(text);
  return fmt::format("\033[{}m{}\033[0m", colour, text);
}

std::string held_up_by(const model::Culprit& culprit) {
  if (culprit.reason.empty()) return "";
  return fmt::format("held up by {}: {}",
                     culprit.frame.empty() ? "unknown" : printable(culprit.frame),
                     printable(culprit.reason));
}

std::string number(double value) {
  return std::abs(value) >= 1000 && std::abs(value) < 1e6 ? fmt::format("{:.0f}", value)
                                                          : fmt::format("{:.4g}", value);
}

}  // namespace kproof::report
