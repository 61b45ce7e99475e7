// What of the host is free for the cells of one run, beside what all runs hold. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "resources/claim.hpp"

namespace kproof::resources {

struct Room {
  std::int64_t cores = 0;  // that no vCPU claims; below 0 where vCPUs share cores
  std::uint64_t memory = 0;
  std::map<std::uint64_t, std::uint64_t> huge_pages;
  std::uint64_t shared = 0;
  bool others = false;  // cells of other runs run: nothing quiet may start
  bool hushed = false;  // a quiet one of another run runs, or waits for longer: nothing may start

  bool operator==(const Room&) const = default;
};

// Each limit less what is claimed by those whom it binds, and the least of all. Memory is what is
// available, and what cells have taken of it already, less what they may come to take.
//
// Runs take turns: what another run's first cell waits for, for longer than ours, is kept free for
// it. `shared` is of the file system of the run's NVDIMMs. `mine.wanted->since` says how long ours
// waits; without it, it is the last.
Room room_for(const Limits& limits, const Limit& shared, const Claim& mine,
              std::span<const Claim> others);

// Does the first cell of `one` wait for longer than that of `than`? Of two since the same moment
// one does.
bool waits_longer(const Claim& one, const Claim& than);

// The same where nothing is claimed or in use by anybody.
Room whole_host(const Limits& limits, std::uint64_t shared);

// What of `needs` is not there, in words: "2 cores", "3.0 GiB of memory"; empty: it fits.
std::vector<std::string> lacks(const Needs& needs, const Room& room);

// After work of these needs has started.
void take(Room& room, const Needs& needs);

}  // namespace kproof::resources
