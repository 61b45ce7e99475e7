#include "console/kmsg.hpp"

#include <charconv>
#include <functional>

#include "console/line.hpp"

namespace kproof::console {

// Takes a number off the front of `rest`, and the ',' or ';' behind it.
static bool take_number(std::string_view& rest, std::uint64_t& value) {
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (error != std::errc() || end == rest.data() + rest.size()) return false;
  if (*end != ',' && *end != ';') return false;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()) + 1);
  return true;
}

static int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// The byte that "\xNN" at `pos` means, -1 if nothing of the kind stands there.
static int escaped_byte(std::string_view text, std::size_t pos) {
  if (pos + 4 > text.size() || text.substr(pos, 2) != "\\x") return -1;
  const int high = hex_value(text[pos + 2]), low = hex_value(text[pos + 3]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t pos = 0; pos < text.size();) {
    const int byte = escaped_byte(text, pos);
    out += byte < 0 ? text[pos] : static_cast<char>(byte);
    pos += byte < 0 ? 1 : 4;
  }
  return out;
}

// "-,caller=T123" -> "T123"
static std::string caller_of(std::string_view fields) {
  constexpr std::string_view kKey = "caller=";
  const std::size_t pos = fields.find(kKey);
  if (pos == fields.npos) return "";
  const std::string_view value = fields.substr(pos + kKey.size());
  return std::string(value.substr(0, value.find(',')));
}

std::optional<KmsgRecord> parse_kmsg(std::string_view record) {
  KmsgRecord parsed;
  std::uint64_t prio = 0;
  const std::size_t text = record.find(';');
  std::string_view header = record.substr(0, text);
  if (text == record.npos || !take_number(header, prio) || !take_number(header, parsed.seq) ||
      !take_number(header, parsed.usec))
    return std::nullopt;
  parsed.level = static_cast<unsigned>(prio & 7);
  parsed.facility = static_cast<unsigned>(prio >> 3);
  parsed.caller = caller_of(header);
  std::string_view body = record.substr(text + 1);
  parsed.text = unescape(body.substr(0, body.find('\n')));
  return parsed;
}

static std::uint64_t line_key(std::uint64_t usec, std::string_view text) {
  return std::hash<std::string_view>()(text) ^ (usec * 0x9e3779b97f4a7c15);
}

// The text of a line as the analyser of the console will see it: what looks like a level or a
// host's name is taken off there too, and must not make a difference.
static std::string as_on_console(std::string_view text) {
  const std::string line = "[    0.000000] " + clean(text);
  return line.substr(parse_prefix(line).size);
}

void UserRecords::add(const KmsgRecord& record) {
  std::string_view rest = record.text;
  while (lines_.size() < kMostLines) {
    const std::size_t end = rest.find('\n');
    lines_.insert(line_key(record.usec, as_on_console(rest.substr(0, end))));
    if (end == rest.npos) return;
    rest.remove_prefix(end + 1);
  }
}

bool UserRecords::contains(std::uint64_t usec, std::string_view text) const {
  return lines_.contains(line_key(usec, text));
}

}  // namespace kproof::console
