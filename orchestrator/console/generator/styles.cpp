#include "console/generator/styles.hpp"

#include <fmt/format.h>

namespace kproof::console::generator {

static constexpr Style kStyles[] = {
    {"serial", "[{ts}] ", ""},
    {"serial, callers", "[{ts}][{caller}] ", "", true},
    {"no prefix", "", ""},
    {"level", "<4>[{ts}] ", ""},
    {"level, callers", "<4>[{ts}][{caller}] ", "", true},
    {"dmesg, callers (util-linux 2.41)", "[{ts}] [{caller}] ", kNever, true},
    {"dmesg -T", "[{ctime}] ", kNever},
    {"dmesg -d", "[{ts} <    0.000012>] ", kNever},
    {"dmesg -x", "kern  :warn  : [{ts}] ", "daemon:info  : [{ts}] {who}: "},
    {"dmesg -T -x", "kern  :warn  : [{ctime}] ", "daemon:info  : [{ctime}] {who}: "},
    {"dmesg --time-format iso", "{comma} ", kNever},
    {"/dev/kmsg", "4,{seq},{usec},-;", "30,{seq},{usec},-;{who}: "},
    {"/dev/kmsg, callers", "4,{seq},{usec},-,caller={bare};",
     "30,{seq},{usec},-,caller=T1;{who}: ", true},
    {"RFC 3164", "{date} zorkhost kernel: [{ts}] ", "{date} zorkhost {who}: ", false, true},
    {"RFC 3164 without the kernel's clock",
     "{date} zorkhost kernel: ", "{date} zorkhost {who}: ", false, true},
    {"RFC 3339", "{iso} zorkhost kernel: [{ts}] ", "{iso} zorkhost {who}: ", false, true},
    {"RFC 3339 without the kernel's clock",
     "{iso} zorkhost kernel: ", "{iso} zorkhost {who}: ", false, true},
    {"RFC 5424", "<4>1 {iso} zorkhost kernel - - - [{ts}] ", "<30>1 {iso} zorkhost zorkd 77 - - ",
     false, true},
    {"RFC 5424 without the kernel's clock", "<4>1 {iso} zorkhost kernel - - - ",
     "<30>1 {iso} zorkhost zorkd 77 - - ", false, true},
    {"journalctl -o short-monotonic", "[{ts}] zorkhost kernel: ", "[{ts}] zorkhost {who}: ", false,
     true},
    {"kernel: ", "kernel: [{ts}] ", kNever},
    {"kernel: , no clock", "kernel: ", kNever},
    {"mail", "> [{ts}] ", "> "},
    {"mail of a mail, no clock", "> > ", "> > "},
    {"mail, callers", ">> [{ts}][{caller}] ", ">> ", true},
    {"quoted by |", "| [{ts}] ", "| "},
    {"quoted by |, no clock", "| ", "| "},
    {"indented", "\t[{ts}] ", "\t"},
    {"indented, no clock", "    ", "    "},
    {"container", "vm1  | [{ts}] ", "vm1  | "},
    {"container, no clock", "vm1  | ", "vm1  | "},
    {"KernelCI", "{clock}  <4>[{ts}] ", "{clock}  "},
    {"LAVA", "{isoplain} [{ts}] ", "{isoplain} "},
    {"a wall clock of the recorder", "[{clock}] ", "[{clock}] "},
    {"logcat", "11-28 {clock}     0     0 W kernel  : [{ts}] ",
     "11-28 {clock}   612   640 I zorkd   : "},
    {"logcat, no clock",
     "11-28 {clock}     0     0 W kernel  : ", "11-28 {clock}   612   640 I zorkd   : "},
    {"Android vendor", "[{ts}] (2)[77:zorkd]", ""},
    {"Xen", "(XEN) d1: [{ts}] ", kNever},
};

std::span<const Style> styles() {
  return kStyles;
}

static void replace(std::string& text, std::string_view what, const std::string& by) {
  if (const std::size_t pos = text.find(what); pos != text.npos) text.replace(pos, what.size(), by);
}

// A boot on 28 November 2026 at noon; no log is longer than that day.
std::string render(const Style& style, const Event& event, std::uint64_t sequence) {
  const bool kernel = event.source == Event::Source::kernel;
  std::string line(kernel ? style.kernel : style.program);
  if (line == kNever) return {};
  const std::uint64_t seconds = event.usec / 1000000, rest = event.usec % 1000000;
  const std::string clock =
      fmt::format("{:02}:{:02}:{:02}", 12 + seconds / 3600 % 12, seconds / 60 % 60, seconds % 60);
  replace(line, "{ts}", fmt::format("{:5}.{:06}", seconds, rest));
  replace(line, "{caller}", fmt::format("{:>6}", event.caller));
  replace(line, "{bare}", event.caller);
  replace(line, "{usec}", std::to_string(event.usec));
  replace(line, "{seq}", std::to_string(sequence));
  replace(line, "{date}", "Nov 28 " + clock);
  replace(line, "{isoplain}", fmt::format("2026-11-28T{}", clock));
  replace(line, "{iso}", fmt::format("2026-11-28T{}.{:06}+00:00", clock, rest));
  replace(line, "{comma}", fmt::format("2026-11-28T{},{:06}+00:00", clock, rest));
  replace(line, "{ctime}", fmt::format("Sat Nov 28 {} 2026", clock));
  replace(line, "{clock}", fmt::format("{}.{:03}", clock, rest / 1000));
  replace(line, "{who}", "zorkd[612]");
  return line + event.text;
}

}  // namespace kproof::console::generator
