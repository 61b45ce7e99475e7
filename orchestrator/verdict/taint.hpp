// /proc/sys/kernel/tainted for people.
#pragma once

#include <string>

namespace kproof::verdict {

// Bit of Documentation/admin-guide/tainted-kernels.rst.
constexpr unsigned long kTaintDie = 1ul << 7;
// Those that a report of the kernel sets: a bad page, an oops, a WARNING, a soft lockup.
constexpr unsigned long kTaintOfReports = 1ul << 5 | kTaintDie | 1ul << 9 | 1ul << 14;

// "W (kernel issued warning), E (unsigned module)"; bits that the table does not know by number.
std::string decode_taint(unsigned long bits);

}  // namespace kproof::verdict
