// What is no finding in spite of its words, and what only its header tells to be one.
#include <re2/re2.h>

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
    {"WARNING: ",
     R"(Spectre V|Speculative|MDS|TAA|SRBDS|MMIO Stale Data|RETBleed|L1TF|Mitigat|mitigat)", ""},
    {"WARNING: ", R"(WARNING: /etc/ssh/)", ""},
    {"WARNING: ", R"(XFS \(.*\): WARNING|-fs .*WARNING|WARNING: Unprivileged)", ""},
    {"WARNING: ", R"(WARNING: [^a-z]*$)", ""},  // an echo of the console in capitals
    {"BUG ", R"(BUG UNIX)", ""},
    {"INFO: ", R"(CAM_INFO)", ""},
    {"INFO: Freed in", "", ""},
};

static const Pattern kGeneral[] = {
    {"BUG: ", R"((?:^|\[ ?|[^a-zA-Z_])BUG: (.*))", "BUG: {1}", nullptr, {}, "", kMixed},
    {"WARNING: ",
     R"((?:^|[^a-zA-Z_ ] )(?:WARNING: )+(.*))",
     "WARNING: {1}",
     nullptr,
     {},
     "",
     kMixed},
    {"INFO: ", R"(^\[ INFO: (.*)\])", "INFO: {1}", nullptr, {}, "", kMixed},
    {"INFO: Allocated in", R"(INFO: (.*))", "INFO: {1}", nullptr, {}, "", kMixed},
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
