// The form of the history's file. Internal to history/.
#pragma once

#include <string_view>
#include <vector>

namespace kproof::history {

// "kprf": PRAGMA application_id of every history, so that no other database is taken for one.
inline constexpr int kApplication = 0x6b707266;

// Each makes of a file of schema n, which is PRAGMA user_version, one of schema n + 1. What is here
// never changes; a new form is a new entry.
const std::vector<std::string_view>& migrations();

}  // namespace kproof::history
