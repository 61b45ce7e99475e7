#include "resources/room.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#include <fmt/format.h>

#include "util/units.hpp"

namespace kproof::resources {

static std::uint64_t pages_of(const Needs& needs, std::uint64_t page) {
  const auto found = needs.huge_pages.find(page);
  return found == needs.huge_pages.end() ? 0 : found->second;
}

bool waits_longer(const Claim& one, const Claim& than) {
  if (!one.wanted) return false;
  if (!than.wanted) return true;
  return std::tuple(one.wanted->since, one.pid) < std::tuple(than.wanted->since, than.pid);
}

namespace {

// What is claimed of one resource, and what of that has been taken.
struct Use {
  std::uint64_t claimed = 0, taken = 0;
};

class Count {
 public:
  Count(const Claim& mine, std::span<const Claim> others) : mine_(mine), others_(others) {}

  // Of those whom `limit` binds; `claimed` and `taken` tell a resource's part.
  std::uint64_t left(const Limit& limit, const auto& claimed, const auto& taken) const {
    Use use;
    add(use, mine_, claimed, taken);
    for (const Claim& other : others_)
      if (counts(limit.scope, other.place)) {
        add(use, other, claimed, taken);
        if (waits_longer(other, mine_))
          use.claimed = add_up(use.claimed, claimed(other.wanted->needs));
      }
    return less(add_up(limit.now, use.taken), use.claimed);
  }

  std::uint64_t least_left(const std::vector<Limit>& limits, const auto& claimed,
                           const auto& taken) const {
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    for (const Limit& limit : limits)
      least = std::min(least, left(limit, claimed, taken));
    return least;
  }

 private:
  static void add(Use& use, const Claim& claim, const auto& claimed, const auto& taken) {
    const std::uint64_t held = claimed(claim.held);
    use.claimed = add_up(use.claimed, held);
    use.taken = add_up(use.taken, std::min(held, taken(claim)));
  }

  const Claim& mine_;
  const std::span<const Claim> others_;
};

}  // namespace

// Of pages of two sizes it is not known how many of each are taken: then none is.
static std::uint64_t pages_taken(const Claim& claim, std::uint64_t page) {
  return claim.held.huge_pages.size() == 1 ? claim.taken.huge / page : 0;
}

Room room_for(const Limits& limits, const Limit& shared, const Claim& mine,
              std::span<const Claim> others) {
  const Count count(mine, others);
  Room room;
  room.cores = static_cast<std::int64_t>(count.least_left(
      limits.cores, [](const Needs& needs) -> std::uint64_t { return needs.vcpus; },
      [](const Claim&) -> std::uint64_t { return 0; }));
  room.memory = count.least_left(
      limits.memory, [](const Needs& needs) { return needs.memory; },
      [](const Claim& claim) { return claim.taken.memory; });
  for (const auto& [page, pools] : limits.huge_pages)
    room.huge_pages[page] = count.least_left(
        pools, [page = page](const Needs& needs) { return pages_of(needs, page); },
        [page = page](const Claim& claim) { return pages_taken(claim, page); });
  room.shared = count.left(
      shared, [](const Needs& needs) { return needs.shared; },
      [](const Claim& claim) { return claim.taken.shared; });
  for (const Claim& other : others) {
    room.others |= other.held.vcpus > 0;
    room.hushed |= other.held.quiet || (waits_longer(other, mine) && other.wanted->needs.quiet);
  }
  return room;
}

Room whole_host(const Limits& limits, std::uint64_t shared) {
  Room room{.cores = static_cast<std::int64_t>(least(limits.cores, &Limit::total).total),
            .memory = least(limits.memory, &Limit::total).total,
            .huge_pages = {},
            .shared = shared};
  for (const auto& [page, pools] : limits.huge_pages)
    room.huge_pages[page] = least(pools, &Limit::total).total;
  return room;
}

static std::uint64_t pages_in(const Room& room, std::uint64_t page) {
  const auto found = room.huge_pages.find(page);
  return found == room.huge_pages.end() ? 0 : found->second;
}

std::vector<std::string> lacks(const Needs& needs, const Room& room) {
  std::vector<std::string> words;
  if (room.hushed && needs.vcpus > 0) words.emplace_back("the end of a cell that measures time");
  if (needs.quiet && room.others) words.emplace_back("a quiet host");
  if (room.cores < (needs.in_full ? needs.vcpus : std::min(needs.vcpus, 1u)))
    words.push_back(util::format_count(needs.vcpus, "core"));
  if (needs.memory > room.memory)
    words.push_back(fmt::format("{} of memory ({} are free)", gib(needs.memory), gib(room.memory)));
  for (const auto& [page, count] : needs.huge_pages)
    if (count > pages_in(room, page))
      words.push_back(fmt::format("{} huge pages of {} ({} are free)", count,
                                  util::format_size(page), pages_in(room, page)));
  if (needs.shared > room.shared)
    words.push_back(
        fmt::format("{} for its NVDIMM ({} are free)", gib(needs.shared), gib(room.shared)));
  return words;
}

void take(Room& room, const Needs& needs) {
  room.cores -= needs.vcpus;
  room.memory = less(room.memory, needs.memory);
  room.shared = less(room.shared, needs.shared);
  for (const auto& [page, count] : needs.huge_pages)
    room.huge_pages[page] = less(pages_in(room, page), count);
}

}  // namespace kproof::resources
