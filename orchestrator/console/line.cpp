#include "console/line.hpp"

#include <algorithm>

namespace kproof::console {

static std::size_t skip(std::string_view line, std::size_t pos, char c) {
  while (pos < line.size() && line[pos] == c)
    ++pos;
  return pos;
}

static std::size_t skip_digits(std::string_view line, std::size_t pos) {
  while (pos < line.size() && is_digit(line[pos]))
    ++pos;
  return pos;
}

struct Stamp {
  std::uint64_t usec = 0;
  std::size_t end = 0;  // behind the ']'; 0: not a time stamp
};

// "[   12.345678]" at `pos`, as print_time() in kernel/printk/printk.c writes it: "[%5lu.%06lu]".
static Stamp stamp_at(std::string_view line, std::size_t pos) {
  if (pos >= line.size() || line[pos] != '[') return {};
  const std::size_t seconds = skip(line, pos + 1, ' ');
  const std::size_t dot = skip_digits(line, seconds);
  if (dot == seconds || dot - seconds > 12 || dot >= line.size() || line[dot] != '.') return {};
  const std::size_t end = skip_digits(line, dot + 1);
  if (end != dot + 7 || end >= line.size() || line[end] != ']') return {};
  std::uint64_t usec = 0;
  for (std::size_t i = seconds; i < end; ++i)
    if (i != dot) usec = usec * 10 + static_cast<std::uint64_t>(line[i] - '0');
  return {usec, end + 1};
}

// The first time stamp at or behind `pos`.
static std::size_t find_stamp(std::string_view line, std::size_t pos) {
  for (; (pos = line.find('[', pos)) != line.npos; ++pos)
    if (stamp_at(line, pos).end != 0) return pos;
  return line.npos;
}

std::optional<FirstStamp> first_timestamp(std::string_view bytes) {
  const std::size_t pos = find_stamp(bytes, 0);
  if (pos == bytes.npos) return std::nullopt;
  return FirstStamp{stamp_at(bytes, pos).usec, pos};
}

std::string_view machine_of(std::string_view line) {
  constexpr std::size_t kLongest = 60;
  const std::size_t bar = line.substr(0, kLongest).find('|');
  if (bar == line.npos) return {};
  const std::string_view name = line.substr(0, bar);
  const std::size_t end = name.find_last_not_of(' ') + 1;
  const auto is_of_name = [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
  };
  const std::string_view word = name.substr(0, end);
  const bool names = std::ranges::any_of(word, is_letter) && std::ranges::all_of(word, is_of_name);
  return names ? word : std::string_view();
}

std::size_t inset_of(std::string_view line) {
  constexpr std::size_t kTab = 8;
  std::size_t columns = 0;
  for (const char c : line) {
    if (c != ' ' && c != '\t') break;
    columns += c == ' ' ? 1 : kTab;
  }
  return columns;
}

// "[ T1234]" or "[    C0]", as print_caller() writes it, at `pos`. The end of it, or `pos`.
static std::size_t read_caller(std::string_view line, std::size_t pos, Prefix& prefix) {
  if (pos >= line.size() || line[pos] != '[') return pos;
  const std::size_t begin = skip(line, pos + 1, ' ');
  if (begin >= line.size() || (line[begin] != 'T' && line[begin] != 'C')) return pos;
  const std::size_t end = skip_digits(line, begin + 1);
  if (end == begin + 1 || end >= line.size() || line[end] != ']') return pos;
  if (prefix.caller.empty()) prefix.caller = line.substr(begin, end - begin);
  return end + 1;
}

// "(2)[77:zorkd]": CPU, task and its name, as MediaTek's kernels print them.
static std::size_t skip_cpu_and_task(std::string_view line, std::size_t pos) {
  if (pos >= line.size() || line[pos] != '(') return pos;
  const std::size_t cpu = skip_digits(line, pos + 1);
  if (cpu == pos + 1 || line.substr(cpu, 2) != ")[") return pos;
  const std::size_t task = skip_digits(line, cpu + 2);
  const std::size_t end = line.substr(0, cpu + 40).find(']', task);
  return task == cpu + 2 || line[task] != ':' || end == line.npos ? pos : end + 1;
}

// "<4>" at `pos`: the end of it, or `pos`.
static std::size_t skip_level(std::string_view line, std::size_t pos) {
  if (pos >= line.size() || line[pos] != '<') return pos;
  const std::size_t end = skip_digits(line, pos + 1);
  const bool level = end > pos + 1 && end - pos <= 4 && end < line.size() && line[end] == '>';
  return level ? end + 1 : pos;
}

// "Jan  1 00:00:00 host kernel: " and "2024-01-01T00:00:00+0000 host kernel: ".
static std::size_t skip_syslog(std::string_view line, std::size_t pos) {
  constexpr std::string_view kTag = "kernel: ";
  constexpr std::size_t kLongest = 120;  // a date, a host name and a facility
  const std::size_t tag = line.substr(0, kLongest).find(kTag, pos);
  if (tag == line.npos) return pos;
  std::size_t clock = 0;  // a time of day has two; those of "panic: x: kernel: y" are of words
  for (std::size_t at = pos + 1; at + 1 < tag; ++at)
    clock += line[at] == ':' && is_digit(line[at - 1]) && is_digit(line[at + 1]);
  return clock >= 2 ? tag + kTag.size() : pos;
}

// Does `text` begin as `form` does? There '0' stands for a digit, '+' for a sign and '_' for a
// space or a digit of a padded number; a letter stands for anything but a space.
static bool has_form(std::string_view text, std::string_view form) {
  if (text.size() < form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const char wanted = form[i], c = text[i];
    const bool fits = is_letter(wanted) ? c != ' '
                      : wanted == '0'   ? is_digit(c)
                      : wanted == '_'   ? is_digit(c) || c == ' '
                      : wanted == '+'   ? c == '+' || c == '-'
                                        : c == wanted;
    if (!fits) return false;
  }
  return true;
}

// The clock of dmesg -T, of -H, of -d, of --time-format iso: it hides the kernel's own.
static std::size_t skip_wall_clock(std::string_view line, std::size_t pos) {
  for (const std::string_view form :
       {"[Sun Nov _0 00:00:00 0000] ", "[Nov_0 00:00] ", "[  +0.000000] ", "[ +00.000000] ",
        "[<____0.000000>] ", "0000-00-00T00:00:00,000000+00:00 "})
    if (has_form(line.substr(pos), form)) return pos + form.size();
  return pos;
}

// "host kernel: " behind the time stamp, as journalctl -o short-monotonic has it.
static std::size_t skip_host(std::string_view line, std::size_t pos) {
  constexpr std::string_view kTag = " kernel: ";
  const std::size_t end = line.find(' ', pos);
  if (end == pos || end == line.npos || line.substr(end, kTag.size()) != kTag) return pos;
  return end + kTag.size();
}

// What else stands behind the time stamp, each with a space behind it or none. Taken off as often
// as it is there, so that a program's imitation makes no difference (UserRecords).
static std::size_t skip_marks(std::string_view line, std::size_t pos, Prefix& prefix) {
  pos = read_caller(line, pos, prefix);
  for (std::size_t before = line.npos, spaces = 0; pos != before;) {
    if (spaces == 0 && pos < line.size() && line[pos] == ' ') ++pos, ++spaces;
    before = pos;
    pos = skip_host(line, skip_level(line, pos));
    pos = read_caller(line, pos, prefix);
    const std::size_t padded = skip(line, pos, ' ');
    if (const std::size_t end = skip_cpu_and_task(line, padded); end != padded) pos = end;
    if (pos != before) spaces = 0;
  }
  return pos;
}

Prefix parse_prefix(std::string_view line) {
  Prefix prefix;
  const std::size_t level = skip_level(line, 0);
  const std::size_t clock = skip_wall_clock(line, level);
  const std::size_t dated = skip_syslog(line, clock);
  prefix.stored = dated != clock;
  prefix.marked = dated != level;
  prefix.size = skip_level(line, dated);
  Stamp stamp = stamp_at(line, prefix.size);
  if (stamp.end == 0) {
    const std::size_t glued = find_stamp(line, prefix.size);
    if (glued != line.npos) stamp = stamp_at(line, glued);
  }
  if (stamp.end == 0) return prefix;
  prefix.usec = stamp.usec;
  prefix.marked = true;
  prefix.size = stamp.end;
  prefix.size = skip_marks(line, stamp.end, prefix);
  return prefix;
}

// The end of the escape sequence that begins at `pos`: CSI as ECMA-48 has it, else two bytes.
static std::size_t skip_escape(std::string_view raw, std::size_t pos) {
  if (pos + 1 >= raw.size()) return raw.size();
  if (raw[pos + 1] != '[') return pos + 2;
  for (pos += 2; pos < raw.size(); ++pos)
    if (raw[pos] >= 0x40 && raw[pos] <= 0x7e) return pos + 1;
  return raw.size();
}

void clean(std::string_view raw, std::string& out) {
  for (std::size_t pos = 0; pos < raw.size();) {
    const std::size_t end = std::min(raw.find_first_of("\r\x1b", pos), raw.size());
    out.append(raw, pos, end - pos);
    pos = end;
    if (pos < raw.size()) pos = raw[pos] == '\r' ? pos + 1 : skip_escape(raw, pos);
  }
}

std::string clean(std::string_view raw) {
  std::string out;
  clean(raw, out);
  return out;
}

void LineAssembler::feed(std::string_view bytes, const Sink& sink) {
  while (!partial_.empty() && !bytes.empty()) {
    const std::size_t newline = bytes.find('\n');
    const std::size_t wanted = newline == bytes.npos ? bytes.size() : newline + 1;
    // A piece is cut only when a byte of the line lies behind it: the same whatever the chunks.
    const bool overlong = partial_.size() + wanted > kMaxLine + (newline == bytes.npos ? 0u : 1u);
    const std::size_t taken = overlong ? kMaxLine - partial_.size() : wanted;
    partial_.append(bytes, 0, taken);
    bytes.remove_prefix(taken);
    if (!overlong && newline == bytes.npos) return;
    sink(partial_);
    partial_.clear();
    if (overlong) break;
  }
  const std::size_t last = bytes.rfind('\n');
  std::size_t whole = last == bytes.npos ? 0 : last + 1;
  if (whole != 0) sink(bytes.substr(0, whole));
  for (; bytes.size() - whole > kMaxLine; whole += kMaxLine)
    sink(bytes.substr(whole, kMaxLine));
  partial_.assign(bytes.substr(whole));
}

void LineAssembler::finish(const Sink& sink) {
  if (!partial_.empty()) sink(partial_);
  partial_.clear();
}

}  // namespace kproof::console
