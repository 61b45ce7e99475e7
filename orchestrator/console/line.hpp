// One line of a console, and the chunks of bytes it came in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace kproof::console {

// A longer line is cut into pieces of this size, each analysed by itself. The kernel's own lines
// are at most about 1 KiB (LOG_LINE_MAX, PRINTKRB_RECORD_MAX).
constexpr std::size_t kMaxLine = 8192;

// What stands in front of the kernel's text.
struct Prefix {
  std::optional<std::uint64_t> usec;  // "[   12.345678]"
  std::string_view caller;            // CONFIG_PRINTK_CALLER: "T123" a task, "C1" a CPU
  std::size_t size = 0;               // bytes before the text
  // Something stood there that marks the line as the kernel's: a time stamp, or dmesg's or syslog's
  // prefix.
  bool marked = false;
  bool stored = false;   // syslog's or a journal's: it keeps what many boots said
  bool program = false;  // it says that a program printed the line
  std::size_t tail = 0;  // bytes behind the text
};

// Reads, in any sensible order, a log level ("<4>"), a syslog or journald prefix ("Jan  1 00:00:00
// host kernel: "), the clock of dmesg -T, -H, -d or --time-format iso, a time stamp and a caller. A
// program may have printed half a line before the kernel did: a time stamp in the middle of a line
// starts the kernel's part. `line` must be clean.
Prefix parse_prefix(std::string_view line);

// The same of any log: reads also what other tools put there, and says where they name a program:
// records of /dev/kmsg and netconsole, dmesg -d and -x, RFC 5424, logcat, LAVA's YAML, daemons of
// syslog. Not for our own guests, whose programs could forge it.
Prefix parse_any_prefix(std::string_view line);

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Does it begin as a line with a prefix does, be it one that nobody knows: a level, a clock?
bool looks_prefixed(std::string_view text);

// The first time stamp of a kernel in these bytes, in microseconds, and where it stands.
struct FirstStamp {
  std::uint64_t usec = 0;
  std::size_t at = 0;
};
std::optional<FirstStamp> first_timestamp(std::string_view bytes);

// "vm1" of "vm1 | [    0.000000] ...", as tools write that show several consoles at once. "" where
// none is named.
std::string_view machine_of(std::string_view line);

// How far the text of a line is set in, in columns.
std::size_t inset_of(std::string_view line);

// Appends `raw` to `out` without carriage returns and ANSI escape sequences.
void clean(std::string_view raw, std::string& out);
std::string clean(std::string_view raw);

// Chunks of any size in, blocks of whole lines out; how the bytes were chunked never shows. Holds
// at most kMaxLine bytes. A block ends behind a '\n', or is a piece of kMaxLine bytes of a longer
// line, or is the rest that finish() found.
class LineAssembler {
 public:
  using Sink = std::function<void(std::string_view block)>;
  void feed(std::string_view bytes, const Sink& sink);
  void finish(const Sink& sink);

 private:
  std::string partial_;  // an unfinished line, or the piece of it that is not yet handed on
};

}  // namespace kproof::console
