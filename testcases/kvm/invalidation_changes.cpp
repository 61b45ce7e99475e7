#include <cerrno>
#include <cstring>
#include <set>
#include <utility>

#include <sys/mman.h>

#include "kvm/invalidation.hpp"
#include "mm/uffd_wp.hpp"

namespace kproof::kvm::invalidation {

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

void change_parts(Context& context, lib::Check& check, const Act& act, const Prepare& prepare) {
  const std::size_t all = context.shape.size / context.provider.entry_size(), half = all / 2;
  // Each once: of two entries the halves are single ones.
  const std::set<std::pair<std::size_t, std::size_t>> parts{{0, all}, {0, half}, {half, all - half},
                                                            {0, 1},   {half, 1}, {all - 1, 1}};
  for (const auto& [first, count] : parts) {
    change_part(context, check, prepare, act, first, count);
    if (!check.skip_reason().empty()) return;
  }
}

int error_of(int result) {
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
// A hole in the file: its pages go from each mapping of them.
void removed(Context& context, lib::Check& check) {
  change_parts(context, check, [](char* start, std::size_t length) {
    return error_of(::madvise(start, length, MADV_REMOVE));
  });
}
// What the guest writes from now on the host must learn of, or reclaim throws it away.
void lazily_freed(Context& context, lib::Check& check) {
  change_parts(context, check, [](char* start, std::size_t length) {
    return error_of(::madvise(start, length, MADV_FREE));
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
