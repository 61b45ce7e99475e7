// The pattern tables, compiled.
#pragma once

#include <memory>
#include <vector>

#include <re2/re2.h>

#include "console/patterns.hpp"
#include "console/prefilter.hpp"

namespace kproof::console {

struct Row {
  const Pattern* pattern;
  std::unique_ptr<RE2> line;    // null: the trigger is enough
  std::unique_ptr<RE2> body;    // null: no condition
  std::unique_ptr<RE2> unless;  // null: none
  bool matches(std::string_view text) const;
  // The line is a report by itself, whatever follows.
  bool is_complete() const { return (pattern->flags & kBare) && !(pattern->flags & kOops); }
  // Where what it matches begins, at the beginning of a word; it must match.
  std::size_t begins_in(std::string_view text) const;
};

// Compiled once in a process and only read: the tables are constants.
const std::vector<Row>& rows();

// Finds lines that rows want to see. One for each Analyzer: Hyperscan's scratch space is not
// shared.
class Matcher {
 public:
  Matcher();

  // Appends the offsets of the last bytes of everything suspicious in a block of lines, ascending:
  // triggers, lines of interest to the facts, and escape sequences, which may hide a trigger.
  void suspects(std::string_view block, std::vector<std::size_t>& offsets);

  struct Sight {
    const Row* row = nullptr;      // the first that matches and is no false friend
    const Row* remains = nullptr;  // else the first of last resort (kRemains)
    bool interesting = false;      // something for the facts
    bool triggered = false;        // the literal of a row that begins reports stands in it
    bool friendly = false;         // a false friend has the last word
  };
  // `text`: one line, clean, without prefix.
  Sight look(std::string_view text);

 private:
  void add_candidates(unsigned literal, std::string_view text);

  Prefilter prefilter_;
  std::vector<Prefilter::Hit> hits_;
  struct Candidate {
    unsigned row;
    bool matches;  // false: nobody has asked yet
  };
  std::vector<Candidate> candidates_;
  std::vector<int> matching_;
};

// Lines that are no findings and still matter: what Facts are made of.
namespace interest {
inline constexpr std::string_view kCanary = "kproof-canary ";
inline constexpr std::string_view kAgent = "kproof agent: ";
inline constexpr std::string_view kLost = " printk messages dropped";
inline constexpr std::string_view kMissed = "Missed ";  // journald: "Missed 32 kernel messages"
inline constexpr std::string_view kBanner = "Linux version ";
// What runs before a kernel, and prints without time stamps: SeaBIOS, and the x86 decompressor.
inline constexpr std::string_view kFirmware = "SeaBIOS (version ";
inline constexpr std::string_view kDecompressor = "Booting the kernel.";
// On the command line of a kernel that kdump starts.
inline constexpr std::string_view kDump = "elfcorehdr=";
// A pointer in a program of syzkaller, which writes each to the console before it runs it.
inline constexpr std::string_view kFuzzed = "(&(0x7f";
// A machine goes down because it was told to: the kernel, kexec, systemd, sysvinit, journalctl.
inline constexpr std::string_view kOrderly[] = {
    "reboot: Restarting system",
    "reboot: machine restart",
    "reboot: Power down",
    "reboot: System halted",
    "Restarting system.",
    "Starting new kernel",
    "systemd-shutdown[",
    "Reached target Reboot",
    "Reached target reboot.target",
    "Reached target System Reboot",
    "Reached target Power-Off",
    "Reached target poweroff.target",
    "Reached target Shutdown",
    "Reached target shutdown.target",
    "-- Reboot --",
    "-- Boot ",
    "Switching to runlevel: 6",
    "Switching to runlevel: 0",
    "sysrq: Resetting",
    "SysRq : Resetting",
};
// What explains the stacks behind it, and is no fault, beside kBringsStack (trace_lines.hpp): the
// administrator or another CPU asked for them, memory is short, or they are a test's.
inline constexpr std::string_view kExplains[] = {
    "sysrq: ",
    "SysRq : ",
    "NMI backtrace for cpu ",
    "invoked oom-killer",
    "The following trace is a kernel self test",
    ": stopping",  // "CPU3: stopping", of Arm
};
// madvise(MADV_HWPOISON): what memory_failure() says of that page then is a test's.
inline constexpr std::string_view kInjected = "Injecting memory failure for pfn ";
inline constexpr std::string_view kPowerDown = "reboot: Power down";
inline constexpr std::string_view kRestart = "reboot: Restarting system";
}  // namespace interest

}  // namespace kproof::console
