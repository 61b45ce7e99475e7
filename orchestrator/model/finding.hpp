// One kernel problem seen on a console or in kmsg.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace kproof::model {

enum class Source { console, kmsg };

// Who holds up the CPU that a lockup or a stall was seen on, read from the backtraces of all CPUs.
struct Culprit {
  std::string frame;   // "" if none of the backtraces shows it
  int cpu = -1;        // where it runs; -1 if that is not said
  std::string reason;  // what tells; "" if the finding is no lockup or stall
};

// The entry of a file of known issues that a finding matches; without a place, none does.
struct Known {
  std::string link, reason, until, place;
  bool expired = false;
  bool accepted() const { return !place.empty() && !expired; }
};

struct Finding {
  // Free of addresses and numbers. Names a function wherever the log does.
  std::string title;
  // As the community's dashboard calls it: the same but where that says "in corrupted", or names
  // a dispatcher or a system call. "" if that is not known.
  std::string syzbot_title;
  std::vector<std::string> alt_titles;
  // The kernel complains of what no dashboard counts: a file system's error, a lost softirq, memory
  // that fails.
  bool complaint = false;
  std::string type;   // syzkaller's words where it has one: "WARNING", "HANG", ...
  std::string frame;  // the function to blame, "" if none is known
  Culprit culprit;    // of lockups and stalls
  // Of kind and top frames, 16 hex digits: the same for the same problem in other runs and, as long
  // as the functions keep their names, in other kernels.
  std::string fingerprint;
  // The line of source that the report names: "mm/mprotect.c:12" of a WARN(), a BUG(), of UBSAN, of
  // a suspicious use of RCU; "" of any other. Lines move from kernel to kernel.
  std::string place;
  Known known;
  int level = 1;  // 1: the guest that the host runs; 2: its guest; ...
  Source source = Source::console;
  std::size_t start_line = 0;  // 1-based, inclusive, in the raw log
  std::size_t end_line = 0;
  std::string excerpt;     // those lines as they were, at most 16 KiB
  bool panicked = false;   // the kernel panicked then or later, before it booted again
  bool corrupted = false;  // the report is truncated or mixed with another
  std::string corrupted_reason;
  std::size_t count = 1;  // how often it was seen, at this place
};

// A lockup, a stall, a hung task: nothing got on for a time.
bool is_stall(const Finding& finding);
// The same in another log of the same kernel: title, fingerprint, and place, which a torn header
// does not name.
bool is_same(const Finding& a, const Finding& b);

}  // namespace kproof::model
