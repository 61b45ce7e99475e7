#include "resources/gate.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "util/error.hpp"

namespace kproof::resources {

// Of the whole host, unlike a steady clock's in a namespace of time.
static std::chrono::nanoseconds now() {
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

static Claim first_claim(const Gate::Setup& setup) {
  Claim mine{.run = setup.run, .pid = ::getpid()};
  mine.place = read_limits(setup.texts).place;
  mine.place.shared = file_system_of(setup.shared);
  return mine;
}

Gate::Gate(Setup setup)
    : setup_(std::move(setup)), ledger_(setup_.directories, first_claim(setup_)) {}

void Gate::note_once(std::string& last, const std::string& key, const std::string& text) {
  if (key == last) return;
  last = key;
  if (!text.empty()) to_say_.push_back(text);
}

Gate::Answer Gate::ask(std::span<const Needs> running, std::span<const Waiting> waiting) {
  Answer answer;
  ledger_.drain();
  ledger_.decide([&](const std::vector<Claim>& others, Claim& mine) {
    answer = choose(running, waiting, others, mine);
  });
  note_once(said_problem_, ledger_.problem(), ledger_.problem());
  for (const std::string& line : std::exchange(to_say_, {}))
    setup_.say(line);
  return answer;
}

// Those who keep us waiting: by what they have, or because it is their turn.
static bool is_before(const Claim& other, const Claim& mine) {
  return other.held.vcpus > 0 || waits_longer(other, mine);
}

static std::string names_of(const std::vector<Claim>& others, const Claim& mine) {
  std::vector<std::string> names;
  for (const Claim& other : others)
    if (is_before(other, mine)) names.push_back(name_of(other));
  std::ranges::sort(names);
  return fmt::format("{}", fmt::join(names, " and "));
}

// What our own cells have is no news.
void Gate::note_what_is_waited_for(const Needs& first, const Limits& limits, const Limit& shared,
                                   const std::vector<Claim>& others, const Claim& mine) {
  const Room now = room_for(limits, shared, mine, others),
             alone = room_for(limits, shared, mine, {});
  const bool theirs = lacks(first, alone).empty() && !(first.quiet && mine.held.vcpus > 0);
  const auto words = lacks(first, now);
  if (words.empty()) return;
  const std::string what = fmt::format("waiting for {}", fmt::join(words, " and "));
  if (theirs) {
    const std::string names = names_of(others, mine);
    note_once(said_, names, fmt::format("{}, held by {}", what, names));
  } else if (mine.held.vcpus == 0) {
    note_once(said_, "others", what + ", which other programs of this host have");
  }
}

std::string Gate::give_up(const Needs& first, const Room& room, const Room& whole, bool idle) {
  const auto never = lacks(first, whole);
  if (!never.empty())
    return fmt::format("it needs {}, more than this host has", fmt::join(never, " and "));
  if (!idle) {
    stuck_ = {};
    return "";
  }
  if (stuck_.count() == 0) stuck_ = now();
  if (now() - stuck_ < setup_.patience) return "";
  return fmt::format("it needs {}, for which other programs have left no room for {} s",
                     fmt::join(lacks(first, room), " and "), setup_.patience.count() / 1000);
}

static std::size_t first_left(const std::vector<std::size_t>& started) {
  std::size_t first = 0;
  while (first < started.size() && started[first] == first)
    ++first;
  return first;
}

Gate::Answer Gate::choose(std::span<const Needs> running, std::span<const Waiting> waiting,
                          const std::vector<Claim>& others, Claim& mine) {
  const Limits limits = read_limits(setup_.texts);
  const Limit shared = shared_space(setup_.shared);
  mine.held = sum(running);
  mine.wanted.reset();
  if (!waiting.empty())
    mine.wanted = {waiting[0].needs, (since_.count() > 0 ? since_ : now()).count()};
  const Room room = room_for(limits, shared, mine, others);
  const Room whole = whole_host(limits, shared.total);
  const Bounds bounds{.jobs = setup_.jobs, .overtaken = static_cast<unsigned>(whole.cores)};
  Answer answer{.start = startable(running, waiting, room, bounds), .hopeless = ""};
  std::vector<Needs> claimed(running.begin(), running.end());
  for (const std::size_t index : answer.start)
    claimed.push_back(waiting[index].needs);
  mine.held = sum(claimed);
  const std::size_t first = first_left(answer.start);
  if (first > 0) since_ = stuck_ = {};
  mine.wanted.reset();
  if (first == waiting.size() || cells_of(claimed) >= setup_.jobs) return answer;
  if (since_.count() == 0) since_ = now();
  const Needs& needs = waiting[first].needs;
  mine.wanted = {needs, since_.count()};
  note_what_is_waited_for(needs, limits, shared, others, mine);
  const bool idle = claimed.empty() && std::ranges::none_of(others, [&](const Claim& other) {
                      return is_before(other, mine);
                    });
  if (first == 0) answer.hopeless = give_up(needs, room, whole, idle);
  if (!answer.hopeless.empty()) since_ = {};  // the one behind it is the first then
  return answer;
}

Needs Gate::of_build(Needs needs) const {
  needs.in_full = true;
  const Room whole = whole_host(read_limits(setup_.texts), 0);
  needs.vcpus = static_cast<unsigned>(std::min<std::int64_t>(needs.vcpus, whole.cores));
  needs.memory = std::min(needs.memory, whole.memory);
  return needs;
}

Hold::Hold(Gate::Setup setup, Needs needs, int stop_fd) : gate_(std::move(setup)) {
  const std::vector<Waiting> waiting{{gate_.of_build(std::move(needs))}};
  for (;;) {
    const auto answer = gate_.ask({}, waiting);
    if (!answer.start.empty() || !answer.hopeless.empty()) return;
    pollfd fds[] = {{stop_fd, POLLIN, 0}, {gate_.changed(), POLLIN, 0}};
    ::poll(fds, 2, Gate::kLook.count());
    if (fds[0].revents) throw Interrupted("interrupted while waiting for other runs of this host");
  }
}

}  // namespace kproof::resources
