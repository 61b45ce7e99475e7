// The kernel logs of all levels as one, on one clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kproof::run {

struct LevelLog {
  int level = 1;
  std::string kmsg;  // raw /dev/kmsg records
  // The host's clock minus this guest's, in microseconds (LevelRecord::clock_offset); without it
  // the log cannot be placed and is left out.
  std::optional<std::int64_t> clock_offset;
};

// One line a record, ordered by time: "[   12.345678] L2 text", in seconds of L1's clock. A record
// of several lines is several lines. How exact: the offset is that of the promptest heartbeat, so
// an inner level's lines may be late by its transport, milliseconds under KVM, tens under TCG.
// Pure.
std::string timeline(const std::vector<LevelLog>& logs);

}  // namespace kproof::run
