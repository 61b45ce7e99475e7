// What kernels print when something is wrong, as ordered tables of data. To teach the detector a
// message, add a row (patterns_*.cpp), and a log to golden/.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "console/frames.hpp"
#include "console/phase.hpp"

namespace kproof::console {

enum PatternFlag : unsigned {
  kBare = 1,     // complete without a stack trace
  kMixed = 2,    // whoever prints this was interrupted: the report is always corrupted
  kJoins = 4,    // goes on with the report that is open, if that is one of `of` and has not ended
  kOops = 8,     // a fault or a BUG: the task, or the kernel, does not survive
  kSingle = 16,  // the one line is the whole report
  kTail = 32,    // ends another report: alone, the report before it is missing
  // Not the kernel's, so it needs no time stamp where the log may be anyone's; and common words, so
  // without `body` it is nothing.
  kForeign = 64,
  kHeldUp = 128,  // a CPU makes no progress, perhaps because of another: there may be a culprit
  kNamesCulprit = 256,  // the community has no title for it, so ours names the culprit
  // Words that programs use too: the line's prefix must tell that the kernel says them.
  kMarked = 512,
  kWaits = 1024,  // a task or a worker makes no progress, perhaps because of another
  // The kernel's answer to a report of `of`, behind the end of that too: a panic_on_warn.
  kAnswers = 2048,
  kHardware = 4096,    // the hardware complained
  kAny = 8192,         // what every row has: `of` any report
  kComplaint = 16384,  // model::Finding::complaint
  // The message of a WARN() or BUG(), which is printed in front of its header: a report that begins
  // close behind it goes on with this one, and names it.
  kHerald = 32768,
  kListed = 65536,  // what it tells of is listed behind it, in rows that join it
  // A part of a report that has lost its header: a row of last resort, which sees only what nothing
  // explains (Tracker::note_remains()).
  kRemains = 131072,
  kBreaksOff = 262144,  // the first line of a report, of which nothing else is there
  kWantsBody = 524288,  // common words, so without `body`, or a panic behind it, it is nothing
  kSelftest = 1048576,  // what a test of the kernel's own says of itself, one line
};

struct Pattern {
  std::string_view trigger;  // a literal that every matching line holds, for the prefilter
  // Searched in a line that holds the trigger; "" means that the trigger is enough. RE2, with the
  // shorthands of expand().
  std::string_view line;
  // "{1}": a capture of `line`, or, counted on, of `body`; "{frame}": the blamed function. "" makes
  // the row a false friend: the line starts nothing, whatever rows below say.
  std::string_view title;
  const Stack* stack = nullptr;  // for {frame}
  std::array<std::string_view, 2> alt = {};
  std::string_view body = "";   // must be found in the whole report too
  std::string_view frame = "";  // "{1}": the line itself names the function; then without `stack`
  unsigned flags = 0;
  unsigned of = kOops;  // for kJoins and kAnswers: the report's row has one of these flags

  Joining joining() const {
    if (flags & kAnswers) return Joining::across;
    return flags & kJoins ? Joining::part : Joining::none;
  }
  std::string_view unless = "";  // a report that holds it tells of no fault
  const Stack* own = nullptr;  // where a reader looks for {frame}, if the community does elsewhere
};

// Where a reader looks for who gave back a bad page, behind those that always do.
extern const Stack kGivesBack;

// All tables, in order; the first row that matches a line names it.
std::vector<std::span<const Pattern>> pattern_tables();

std::span<const Pattern> false_friends();       // before all others
std::span<const Pattern> memory_patterns();     // sanitizers, page tables, allocators, lists
std::span<const Pattern> locking_patterns();    // lockdep, atomic context, RCU usage
std::span<const Pattern> stall_patterns();      // lockups, stalls, hung tasks
std::span<const Pattern> fault_patterns();      // oopses, BUG(), panics, hardware, reboots
std::span<const Pattern> warning_patterns();    // WARN() and its relatives
std::span<const Pattern> complaint_patterns();  // what no dashboard counts
std::span<const Pattern> selftest_patterns();   // tests of the kernel's own that failed
std::span<const Pattern> general_patterns();    // what has only a header in common; last of these
std::span<const Pattern> remains_patterns();    // parts of a report without its header

// The kind of bug in syzkaller's words, told by the title ("KASAN-USE-AFTER-FREE-READ", "HANG");
// "" where syzkaller has none.
std::string_view type_of(std::string_view title);

}  // namespace kproof::console
