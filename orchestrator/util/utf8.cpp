#include "util/utf8.hpp"

#include <cwchar>

#include <locale.h>

namespace kproof::util {

static constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// The bytes that a sequence has by its first one; 0: it cannot be a first one.
static std::size_t sequence_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

CodePoint decode(std::string_view text) {
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
    const CodePoint next = decode(text);
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

// What turns the direction of text, also of what others wrote behind it (Unicode's TR9).
static bool turns(char32_t c) {
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

std::string printable(std::string_view text) {
  return filter(text, [](char32_t c) {
    const bool control = c == '\r' || (c >= 0x7F && c < 0xA0);  // C1 holds an 8-bit CSI
    return in_xml(c) && !control && !turns(c);
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
    const CodePoint next = decode(text);
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
    const CodePoint next = decode(text.substr(bytes));
    used += next.valid ? static_cast<std::size_t>(columns_of(next.code)) : 1;
    if (used > width - 1) break;
    bytes += next.bytes;
  }
  return std::string(text.substr(0, bytes)) + "…";
}

}  // namespace kproof::util
