// /proc/sys/kernel/tainted for people.
#pragma once

#include <string>

namespace kproof::verdict {

// Bit of Documentation/admin-guide/tainted-kernels.rst.
constexpr unsigned long kTaintDie = 1ul << 7;

// "W (kernel issued warning), E (unsigned module)"; bits that the table does not know by number.
std::string decode_taint(unsigned long bits);

}  // namespace kproof::verdict
