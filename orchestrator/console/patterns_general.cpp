// What is no finding in spite of its words, and what only its header tells to be one.
#include "console/patterns.hpp"

namespace kproof::console {

static const Pattern kFriends[] = {
    {"INFO: lockdep is turned off", "", ""},
    {"INFO: NMI handler", "", ""},
    {"INFO: Stall ended before state dump start", "", ""},
    {"INFO: task ", R"(INFO: task .* blocked.* on (?:a|an) .*, but the owner is not found)", ""},
    {"general protection fault",
     R"(traps: .* general protection fault|general protection fault ip:)", ""},
    {"Kernel panic - not syncing", R"(---\[ end Kernel panic)", ""},
    {"messages suppressed", R"(BUG: Bad page (?:map|state): [0-9]+ messages suppressed)", ""},
    {"mand mount option", "", ""},
    // Advice on mitigations, in the words of arch/x86/kernel/cpu/bugs.c: the CPU's flaw comes
    // first.
    {"WARNING: ",
     R"(^(?:Spectre V|Speculative |MDS|TAA|SRBDS|MMIO Stale Data|RETBleed|L1TF|ITS|TSA|SRSO)[^:]*: )",
     ""},
    {"WARNING: ", R"(WARNING: /)", ""},  // a daemon's, about a file
    {"WARNING: ", R"(^[A-Za-z0-9]+(?:-fs)? \([^)]*\): WARNING: )",
     ""},                                       // a file system, on its disk
    {"WARNING: ", R"(WARNING: [^a-z]*$)", ""},  // an echo of the console in capitals
    // The slab's part of a KASAN report of old kernels; the report has a header of its own.
    {"BUG ", R"(^BUG [^ ]+ \(.*\): kasan: bad access detected)", ""},
    {"INFO: Freed in", "", ""},
};

static const Pattern kGeneral[] = {
    {.trigger = "BUG: ",
     .line = R"((?:^|\[ ?|[^a-zA-Z_])BUG: (.*))",
     .title = "BUG: {1}",
     .flags = kMixed},
    {.trigger = "WARNING: ",
     .line = R"((?:^|[^a-zA-Z_ ] )(?:WARNING: )+(.*))",
     .title = "WARNING: {1}",
     .flags = kMixed},
    {.trigger = "INFO: ", .line = R"(^\[ INFO: (.*)\])", .title = "INFO: {1}", .flags = kMixed},
    {.trigger = "INFO: Allocated in",
     .line = R"(INFO: (.*))",
     .title = "INFO: {1}",
     .flags = kMixed},
};

std::span<const Pattern> false_friends() {
  return kFriends;
}

std::span<const Pattern> general_patterns() {
  return kGeneral;
}

std::vector<std::span<const Pattern>> pattern_tables() {
  return {false_friends(),  memory_patterns(),  locking_patterns(), stall_patterns(),
          fault_patterns(), warning_patterns(), general_patterns()};
}

}  // namespace kproof::console
