// What begins, extends, ends and joins a report: its phases, and what a line does to each, as a
// table (phase.cpp).
#pragma once

#include <string_view>

namespace kproof::console {

enum class Phase {
  doubted,    // begun by a line that perhaps a program printed; nothing yet that only kernels print
  printing,   // its lines come
  muted,      // they come, and what they say is no news, or another message's
  ended,      // behind "---[ end trace": lines may still belong, and only its tail joins it
  over,       // the same of a report that was muted
  overtaken,  // the same caller began another: only the search for a function goes on
  following,  // in the first trace behind that, which is where the search ends
  spent,      // nothing of it can come any more
};

// What a line is to a report that it may belong to.
enum class LineKind {
  words,      // anything
  structure,  // words that only reports print
  frame,      // of a stack trace
  end,        // "---[ end trace 0123456789abcdef ]---", "---[ end Kernel panic - ..."
  foreign,    // a message that is no finding and brings a stack of its own
  dying,      // "Kernel panic - not syncing" behind a report that is long enough
};

// What a row that matches a line does to the report that is open.
enum class Joining {
  none,    // begins a report of its own
  part,    // goes on with a report of its kind that has not ended: "Oops: 0000 [#1]"
  across,  // the kernel's answer to a report, which may have ended: "panic_on_warn set"
};

struct Step {
  Phase to;
  bool keeps = false;    // the line is text of the report
  bool extends = false;  // the report reaches to this line
};

Step step(Phase phase, LineKind kind);
Phase behind_header_of_another(Phase phase);
bool admits(Phase phase, Joining joining);

}  // namespace kproof::console
