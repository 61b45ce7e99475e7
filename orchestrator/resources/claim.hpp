// What one run says of itself to the other runs of this host. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "resources/limits.hpp"
#include "resources/needs.hpp"

namespace kproof::resources {

// Of what a claim holds, what the host has given already: MemAvailable and the like are less it.
struct Taken {
  std::uint64_t memory = 0, huge = 0, shared = 0;  // bytes
};

// What the first of a run's waiting cells needs.
struct Wanted {
  Needs needs;
  std::int64_t since = 0;  // ns of CLOCK_BOOTTIME, which is the whole host's

  bool operator==(const Wanted&) const = default;
};

struct Claim {
  std::string run;  // for people: the plan's name
  int pid = 0;
  std::string user = {};  // of the file, not of its text
  Place place = {};
  Needs held = {};  // the sum of what runs
  std::optional<Wanted> wanted = {};
  // Not in the text.
  Taken taken = {};
};

// "kproof run quickstart, pid 123 of root"
std::string name_of(const Claim& claim);

std::string to_text(const Claim& claim);
// Nothing of what is no claim. Another user wrote it, and may have written anything: the numbers
// are whatever they are, the name is printable and short.
std::optional<Claim> parse_claim(std::string_view text);

}  // namespace kproof::resources
