#include "report/text.hpp"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cwchar>
#include <optional>

#include <fmt/format.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace kproof::report {

static constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

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

namespace {

struct Decoded {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

}  // namespace

// The bytes that a sequence has by its first one; 0: it cannot be a first one.
static std::size_t sequence_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

// The first code point of `text`, which is not empty. Overlong forms and surrogates are invalid.
static Decoded decode(std::string_view text) {
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  constexpr unsigned char kLead[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t length = sequence_length(first);
  if (length == 0 || length > text.size()) return {};
  char32_t code = first & kLead[length];
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return {};
    code = code << 6 | (next & 0x3F);
  }
  if (code < kLeast[length] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return {};
  return {code, length, true};
}

// `text` with each code point that `keep` refuses, and each invalid byte, replaced.
static std::string filter(std::string_view text, bool (*keep)(char32_t)) {
  std::string out;
  while (!text.empty()) {
    const Decoded next = decode(text);
    out += next.valid && keep(next.code) ? text.substr(0, next.bytes) : kReplacement;
    text.remove_prefix(next.bytes);
  }
  return out;
}

// https://www.w3.org/TR/xml/#charsets
static bool in_xml(char32_t c) {
  return (c >= 0x20 || c == '\t' || c == '\n' || c == '\r') && c != 0xFFFE && c != 0xFFFF;
}

std::string xml_text(std::string_view text) {
  return filter(text, in_xml);
}

std::string printable(std::string_view text) {
  return filter(text, [](char32_t c) {
    const bool control = c == '\r' || (c >= 0x7F && c < 0xA0);  // C1 holds an 8-bit CSI
    return in_xml(c) && !control;
  });
}

// Terminals measure with wcwidth in a UTF-8 locale, whatever locale we run in.
static int columns_of(char32_t code) {
  static const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (!utf8) return 1;
  const locale_t before = ::uselocale(utf8);
  const int columns = ::wcwidth(static_cast<wchar_t>(code));
  ::uselocale(before);
  return columns < 0 ? 0 : columns;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Decoded next = decode(text);
    width += next.valid ? static_cast<std::size_t>(columns_of(next.code)) : 1;
    text.remove_prefix(next.bytes);
  }
  return width;
}

std::string pad(std::string_view text, std::size_t width) {
  const std::size_t used = display_width(text);
  return std::string(text) + std::string(used < width ? width - used : 0, ' ');
}

std::string shorten(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return "";
  std::size_t bytes = 0, used = 0;
  while (bytes < text.size()) {
    const Decoded next = decode(text.substr(bytes));
    used += next.valid ? static_cast<std::size_t>(columns_of(next.code)) : 1;
    if (used > width - 1) break;
    bytes += next.bytes;
  }
  return std::string(text.substr(0, bytes)) + "…";
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
