// What other tools than the kernel put in front of its lines, where it says whose the line is.
#include <functional>
#include <set>
#include <string>

#include <re2/re2.h>

#include "console/line.hpp"
#include "console/rows.hpp"

namespace kproof::console {
using re2::StringPiece;

// "6,123,1000001,-;" and "6,123,1000001,-,caller=T77;": Documentation/ABI/testing/dev-kmsg, and
// netconsole's extended form, perhaps behind the release.
static bool read_record(StringPiece line, Prefix& prefix) {
  static const RE2 re(
      R"(^(?:\d+\.\d+[^,\s]*,)?(\d+),\d+,(\d+),[^;\s]{1,40}?(?:caller=([TC]\d+)[^;\s]*)?;)");
  if (line.empty() || line[0] < '0' || line[0] > '9') return false;
  StringPiece found[4];
  if (!re.Match(line, 0, line.size(), RE2::ANCHOR_START, found, 4)) return false;
  std::uint64_t priority = 0, usec = 0;
  if (!RE2::FullMatch(found[1], "(\\d+)", &priority) || !RE2::FullMatch(found[2], "(\\d+)", &usec))
    return false;
  prefix.usec = usec;
  prefix.caller = {found[3].data(), found[3].size()};
  prefix.size = found[0].size();
  prefix.program = priority > 7;
  prefix.marked = !prefix.program;
  return true;
}

// "[    1.000001 <    0.000003>] " of dmesg -d.
static bool read_delta(StringPiece line, Prefix& prefix) {
  static const RE2 re(R"(^(?:<\d+>)?\[ *(\d{1,9})\.(\d{6}) <[ +]*\d+\.\d+>\] ?)");
  if (line.empty() || (line[0] != '[' && line[0] != '<')) return false;
  if (line.find(" <") == line.npos) return false;
  StringPiece found[3];
  if (!re.Match(line, 0, line.size(), RE2::ANCHOR_START, found, 3)) return false;
  std::uint64_t seconds = 0, usec = 0;
  RE2::FullMatch(found[1], "(\\d+)", &seconds);
  RE2::FullMatch(found[2], "(\\d+)", &usec);
  prefix.usec = seconds * 1'000'000 + usec;
  prefix.size = found[0].size();
  prefix.marked = true;
  return true;
}

// The facility "kern" of dmesg -x; the tag "kernel": alone, behind a clock and a host, of RFC 5424,
// of logcat.
static bool read_tag(StringPiece line, Prefix& prefix) {
  static const RE2 re(R"(^kern *:[a-z]+ *: (?:\[[^\]]*\] )?|)"
                      R"(^(?:<\d+>\d* ?)?(?:.{0,24}?\d\d:\d\d:\d\d.{0,60}? )?)"
                      R"(kernel(?:\[\d+\])?(?: *: | - (?:\S+ )?- ))");
  StringPiece found;
  if (line.find("kern") == line.npos) return false;
  if (!re.Match(line, 0, line.size(), RE2::ANCHOR_START, &found, 1)) return false;
  prefix.size = found.size();
  prefix.marked = true;
  // dmesg's and logcat's are of one boot.
  prefix.stored = !found.starts_with("kern") && !found.ends_with(" : ");
  return true;
}

// dmesg -x names the facility: user space cannot write as "kern".
static bool is_of_other_facility(StringPiece line) {
  static const RE2 re(
      R"(^(?:user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|local\d) *)"
      R"(:(?:emerg|alert|crit|err|warn|notice|info|debug) *: )");
  if (line.empty() || line[0] < 'a' || line[0] > 'z') return false;
  return RE2::PartialMatch(line, re);
}

// "sysfs: cannot create duplicate filename", "unregister_netdevice: waiting for": what headers of
// reports begin with.
static std::set<std::string, std::less<>> words_of_rows() {
  std::set<std::string, std::less<>> words;
  for (const Row& row : rows()) {
    const std::string_view trigger = row.pattern->trigger;
    if (const std::size_t colon = trigger.find(':'); colon != trigger.npos)
      words.emplace(trigger.substr(0, colon));
  }
  return words;
}

// Does the kernel begin lines with it? Else it names a program: "sudo: ".
static bool is_kernels_word(StringPiece tag) {
  static const std::set<std::string, std::less<>> words = words_of_rows();
  static const RE2 re(
      R"([A-Z][A-Z0-9_]*|kernel|Kernel|Oops|Code|Process|Stack|Workqueue|Backtrace|Trace|Fatal|)"
      R"(rcu|watchdog|mce|nmi|perf|kvm\w*|traps|x86|arm(?:64)?|EXT[234]-fs|workqueue|refcount_t|)"
      R"(int3|list_\w+|kobject|kmemleak|kfence|kasan|swap_\w+|mm|slub|clocksource|sched|irq|usb|pci|)"
      // "divide error: 0000", "Internal error: Oops", "Hardware name: ".
      R"(error|opcode|segment|name|fault|exception|overflow|address|check|lockup|panic|trap|bounds)");
  return words.contains(std::string_view(tag.data(), tag.size())) || RE2::FullMatch(tag, re);
}

// What syslog and the journal put in front, "<6>Jan  1 00:00:00 " or
// "2026-11-30T06:00:00.123456+00:00 ", and `rest` behind it.
static std::string dated(const char* rest) {
  return R"(^(?:<\d+>\d* ?)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|)"
         R"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*) )" +
         std::string(rest);
}

// "Jan  1 00:00:00 host sudo: ". What the kernel says of a task begins with the task's name, too:
// "zorkd: page allocation failure".
static bool is_programs(StringPiece line) {
  static const RE2 re(dated(R"([a-z0-9][\w.-]* ([a-zA-Z][\w.@/-]*): +(.*))"));
  static const RE2 of_task("page allocation |.*allocation failure");
  StringPiece tag, text;
  const bool may_be = !line.empty() && line[0] != ' ' && line.find(": ") != line.npos;
  return may_be && RE2::PartialMatch(line, re, &tag, &text) && !is_kernels_word(tag) &&
         !RE2::PartialMatch(text, of_task);
}

// "Jan  1 00:00:00 host daemon[77]: ", and "host daemon[77]: " or "daemon[77]: " behind a stamp.
static bool is_daemons(StringPiece line, const Prefix& prefix) {
  static const RE2 of_host(dated(R"(\S+ [a-zA-Z][\w.@/()-]*\[\d+\]: )"));
  static const RE2 stamped(R"(^(?:[\w.-]+ )?[a-zA-Z][\w.@-]*\[\d+\]: )");
  if (!prefix.usec && RE2::PartialMatch(line, of_host)) return true;
  if (!prefix.usec) return is_programs(line);
  if (line.find("]: ") == line.npos) return false;
  line.remove_prefix(prefix.size);
  return RE2::PartialMatch(line, stamped);
}

// journald says what the kernel's log lost before it could read it.
static bool tells_of_loss(StringPiece line) {
  static const RE2 re(R"(systemd-journald\[\d+\]: Missed \d+ kernel messages$)");
  return line.find("Missed ") != line.npos && RE2::PartialMatch(line, re);
}

// LAVA keeps each line of a console as a map of YAML.
static constexpr std::string_view kLava = R"(- {"dt": ")";

Prefix parse_any_prefix(std::string_view line) {
  Prefix prefix;
  const StringPiece piece(line.data(), line.size());
  if (read_record(piece, prefix) || read_delta(piece, prefix)) return prefix;
  prefix = parse_prefix(line);
  if (line.starts_with(kLava)) {
    constexpr std::string_view kText = R"("msg": ")";
    const std::size_t text = line.find(kText);
    if (!prefix.usec && text != line.npos) prefix.size = text + kText.size();
    if (line.ends_with("\"}") && prefix.size + 2 <= line.size()) prefix.tail = 2;
    return prefix;
  }
  if (!prefix.usec && !prefix.marked) read_tag(piece, prefix);
  const bool kernels = prefix.marked && !prefix.usec;
  prefix.program = is_of_other_facility(piece) ||
                   (!kernels && is_daemons(piece, prefix) && !tells_of_loss(piece));
  return prefix;
}

bool looks_prefixed(std::string_view text) {
  static const RE2 clock(R"(^\s*(?:<\d+>|\[ *\d|\d{4}-\d\d-\d\d|\d\d-\d\d \d|\d\d:\d\d))");
  const Prefix known = parse_any_prefix(text);
  return known.size != 0 || known.program ||
         RE2::PartialMatch(StringPiece(text.data(), text.size()), clock);
}

}  // namespace kproof::console
