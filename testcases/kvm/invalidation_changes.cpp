#include <cerrno>
#include <cstring>

#include <sys/mman.h>

#include "kvm/flush.hpp"
#include "kvm/invalidation.hpp"
#include "lib/process.hpp"
#include "mm/uffd_wp.hpp"

namespace kproof::kvm::invalidation {

// Each errno, or 0. What is done to the whole region before the guest uses it; and the one system
// call that changes `length` bytes at `start`.
using Prepare = std::function<int(const mm::Region& region)>;
using Act = std::function<int(char* start, std::size_t length)>;

static void expect_ranges(lib::Check& check, const Change& change, const HvaRange& changed,
                          const std::string& what) {
  const std::string wrong = misfit(change.ranges, changed);
  check.that(wrong.empty(), "%s: the notifier's ranges: %s", what.c_str(), wrong.c_str());
}

static void expect_flushes(lib::Check& check, const Stats& stats, const Change& change,
                           const std::string& what) {
  if (!flushes_uncounted(stats).empty()) return;
  check.that(change.requests >= disjoint(change.ranges),
             "%s: %lu requests for a flush after %zu invalidations of memory that SPTEs mapped",
             what.c_str(), change.requests, disjoint(change.ranges));
}

// Entries [first, first + count) of the region.
static void change_part(Context& context, lib::Check& check, const Prepare& prepare, const Act& act,
                        std::size_t first, std::size_t count) {
  Machine machine = context.machine();
  InvalidationRecorder& recorder = context.recorder;
  const auto refused = [&](int error) {
    check.skip(std::string("of this memory: ") + strerrorname_np(error));
  };
  if (const int error = prepare(machine.region())) return refused(error);
  if (!fill(machine, check)) return;
  const std::size_t entry = context.provider.entry_size();
  char* start = machine.region().base() + first * entry;
  const HvaRange changed = range_of(start, count * entry);
  int error = 0;
  const Change change = watch(machine, recorder, [&] { error = act(start, changed.length); });
  if (error != 0) return refused(error);
  const std::string what = "entries " + std::to_string(first) + " to " +
                           std::to_string(first + count) + " of " +
                           std::to_string(machine.region().length() / entry);
  expect_ranges(check, change, changed, what);
  check.that(change.zapped == count, "%s: %ld SPTEs were zapped, not %zu", what.c_str(),
             static_cast<long>(change.zapped), count);
  expect_flushes(check, machine.vm().stats(), change, what);
  check.that(recorder.problem().empty(), "%s", recorder.problem().c_str());
}

// All of the region, its halves, and single entries at both ends and in the middle.
static void change_parts(
    Context& context, lib::Check& check, const Act& act,
    const Prepare& prepare = [](const mm::Region&) { return 0; }) {
  const std::size_t all = context.shape.size / context.provider.entry_size(), half = all / 2;
  struct Part {
    std::size_t first, count;
  };
  for (const Part part :
       {Part{0, all}, {0, half}, {half, all - half}, {0, 1}, {half, 1}, {all - 1, 1}}) {
    change_part(context, check, prepare, act, part.first, part.count);
    if (!check.skip_reason().empty()) return;
  }
}

static int error_of(int result) {
  return result == 0 ? 0 : errno;
}

void read_only(Context& context, lib::Check& check) {
  change_parts(context, check, [](char* start, std::size_t length) {
    return error_of(::mprotect(start, length, PROT_READ));
  });
}
void none(Context& context, lib::Check& check) {
  change_parts(context, check, [](char* start, std::size_t length) {
    return error_of(::mprotect(start, length, PROT_NONE));
  });
}
void dropped(Context& context, lib::Check& check) {
  change_parts(context, check, [](char* start, std::size_t length) {
    return error_of(::madvise(start, length, MADV_DONTNEED));
  });
}
void unmapped(Context& context, lib::Check& check) {
  change_parts(context, check,
               [](char* start, std::size_t length) { return error_of(::munmap(start, length)); });
}
void replaced(Context& context, lib::Check& check) {
  change_parts(context, check, [](char* start, std::size_t length) {
    return ::mmap(start, length, mm::kReadWrite, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
                   start
               ? 0
               : errno;
  });
}

// To where nothing is mapped, at the same place in its gibibyte, so that entries are moved whole.
void moved(Context& context, lib::Check& check) {
  change_parts(context, check, [](char* start, std::size_t length) {
    const std::size_t room = length + 2 * kPage1G;
    auto* reserved = static_cast<char*>(
        ::mmap(nullptr, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    const auto ahead =
        (reinterpret_cast<std::uintptr_t>(start) - reinterpret_cast<std::uintptr_t>(reserved)) %
        kPage1G;
    void* moved = ::mremap(start, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, reserved + ahead);
    const int error = moved == MAP_FAILED ? errno : 0;
    ::munmap(reserved, room);
    return error;
  });
}

// A child shares the parent's memory until one of them writes: all that can be written is
// protected, the VM's low memory too.
void forked(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  InvalidationRecorder& recorder = context.recorder;
  if (!fill(machine, check)) return;
  const HvaRange all = range_of(machine.region().base(), machine.region().length());
  const Change change =
      watch(machine, recorder, [&] { check.that(lib::in_child([] { return true; }), "no child"); });
  expect_ranges(check, change, all, "fork");
  const std::uint64_t entries = all.length / context.provider.entry_size();
  check.that(static_cast<long>(change.zapped) >= static_cast<long>(entries),
             "%ld SPTEs were zapped of %lu", static_cast<long>(change.zapped), entries);
  expect_flushes(check, machine.vm().stats(), change, "fork");
}

// Of a part of a mapping that stays one, where mprotect splits it: so a notifier that is called for
// more than was asked for, up to the mapping's end, is seen here.
void write_protected(Context& context, lib::Check& check) {
  using mm::UffdWp;
  const std::string problem = UffdWp::problem(UffdWp::Mode::answered);
  if (!problem.empty()) return check.skip(problem);
  UffdWp uffd(UffdWp::Mode::answered);  // nobody writes to what it protects
  change_parts(
      context, check, [&](char* start, std::size_t length) { return uffd.protect(start, length); },
      [&](const mm::Region& region) { return uffd.watch(region); });
}

}  // namespace kproof::kvm::invalidation
