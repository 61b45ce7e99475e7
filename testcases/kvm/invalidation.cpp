// What the host changes of a mapping, KVM is told: that range, all of it and no more; it zaps what
// lies in it, and asks for a flush of the TLBs.
//
// By the notifier's ranges, KVM's counts of SPTEs and of its requests for flushes, before and
// behind each change, while no vCPU runs. So what a guest would show by chance alone, a range that
// is a page short or a flush that is left out, is seen for certain, and also where the guest never
// shows it: QEMU's TCG flushes a guest's TLB at each VMRUN.
#include "kvm/invalidation.hpp"

#include <cerrno>
#include <cstring>

#include <sys/mman.h>

#include "kvm/backing.hpp"
#include "kvm/flush.hpp"
#include "lib/cpu.hpp"
#include "lib/process.hpp"

using namespace kproof;
using namespace kproof::kvm::invalidation;
using kvm::HvaRange;

namespace {

constexpr int kReadWrite = PROT_READ | PROT_WRITE;

// One system call that changes `length` bytes at `start`: errno, or 0.
using Act = int (*)(char* start, std::size_t length);

void expect_ranges(lib::Check& check, const Change& change, const HvaRange& changed,
                   const std::string& what) {
  const std::string wrong = kvm::misfit(change.ranges, changed);
  check.that(wrong.empty(), "%s: the notifier's ranges: %s", what.c_str(), wrong.c_str());
}

void expect_flushes(lib::Check& check, const kvm::Stats& stats, const Change& change,
                    const std::string& what) {
  if (!kvm::flushes_uncounted(stats).empty()) return;
  check.that(change.requests >= kvm::disjoint(change.ranges),
             "%s: %lu requests for a flush after %zu invalidations of memory that SPTEs mapped",
             what.c_str(), change.requests, kvm::disjoint(change.ranges));
}

// Entries [first, first + count) of the region.
void change_part(Context& context, lib::Check& check, Act act, std::size_t first,
                 std::size_t count) {
  kvm::Machine machine = context.machine();
  kvm::InvalidationRecorder& recorder = context.recorder;
  if (!fill(machine, check)) return;
  const std::size_t entry = context.provider.entry_size();
  char* start = machine.region().base() + first * entry;
  const HvaRange changed = range_of(start, count * entry);
  int error = 0;
  const Change change = watch(machine, recorder, [&] { error = act(start, changed.length); });
  if (error != 0) return check.skip(std::string("of this memory: ") + strerrorname_np(error));
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
void change_parts(Context& context, lib::Check& check, Act act) {
  const std::size_t all = context.shape.size / context.provider.entry_size(), half = all / 2;
  struct Part {
    std::size_t first, count;
  };
  for (const Part part :
       {Part{0, all}, {0, half}, {half, all - half}, {0, 1}, {half, 1}, {all - 1, 1}}) {
    change_part(context, check, act, part.first, part.count);
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
void unmapped(Context& context, lib::Check& check) {
  change_parts(context, check,
               [](char* start, std::size_t length) { return error_of(::munmap(start, length)); });
}
void replaced(Context& context, lib::Check& check) {
  change_parts(context, check, [](char* start, std::size_t length) {
    return ::mmap(start, length, kReadWrite, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
                   start
               ? 0
               : errno;
  });
}

// To where nothing is mapped, at the same place in its gibibyte, so that entries are moved whole.
void moved(Context& context, lib::Check& check) {
  change_parts(context, check, [](char* start, std::size_t length) {
    const std::size_t room = length + 2 * kvm::kPage1G;
    auto* reserved = static_cast<char*>(
        ::mmap(nullptr, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    const auto ahead =
        (reinterpret_cast<std::uintptr_t>(start) - reinterpret_cast<std::uintptr_t>(reserved)) %
        kvm::kPage1G;
    void* moved = ::mremap(start, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, reserved + ahead);
    const int error = moved == MAP_FAILED ? errno : 0;
    ::munmap(reserved, room);
    return error;
  });
}

// A child shares the parent's memory until one of them writes: all that can be written is
// protected, the VM's low memory too.
void forked(Context& context, lib::Check& check) {
  kvm::Machine machine = context.machine();
  kvm::InvalidationRecorder& recorder = context.recorder;
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

bool can_be_copied(const mm::Provider& provider) {
  return provider.kind() == mm::Kind::anonymous;
}

bool is_small(const mm::Provider& provider) {
  return provider.entry_size() == mm::kPageSize;
}

constexpr kvm::Behaviour<Context> kBehaviours[] = {
    {"mprotect to PROT_READ", read_only},
    {"mprotect to PROT_NONE", none},
    {"MADV_DONTNEED", dropped},
    {"munmap", unmapped},
    {"mmap over it", replaced},
    {"mremap elsewhere", moved},
    {"fork", forked, can_be_copied},
    {"each yield of a zap is behind a flush", yields, is_small},
};

// One page of our own, changed once.
void prove_recorder(lib::Case& test, kvm::InvalidationRecorder& recorder) {
  auto* page = static_cast<char*>(
      lib::safe::mmap(nullptr, kvm::kPage4K, kReadWrite, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  *page = 1;
  const HvaRange changed = range_of(page, kvm::kPage4K);
  recorder.take(changed);
  lib::safe::mprotect(page, kvm::kPage4K, PROT_READ);
  const std::string wrong = kvm::misfit(recorder.take(changed), changed);
  lib::safe::munmap(page, kvm::kPage4K);
  test.evidence("ranges_recorded", recorder.problem().empty() && wrong.empty(),
                "kvm:kvm_unmap_hva_range of one page that was changed: %s%s",
                wrong.empty() ? "as it is" : wrong.c_str(), recorder.problem().c_str());
}

}  // namespace

int main(int argc, char** argv) {
  kvm::RegionOptions options;
  const lib::Description description{
      .name = "kvm/invalidation",
      .summary = "what the host changes KVM is told, zaps and flushes: that range and no other",
      .needs = {.kconfig = {"CONFIG_KVM", "CONFIG_EVENT_TRACING", "CONFIG_PERF_EVENTS"},
                .memory = 512ull << 20,
                .vcpus = 2,
                .kvm = true},
      .evidence = {"kvm_api", "mmu_mode", "backing_size", "spte_size", "ranges_recorded"},
      .needs_of_options = [&](lib::Needs& needs) { options.add_needs(needs); },
  };
  lib::Case test(argc, argv, description, options.list());
  options.check();
  const kvm::Kvm kvm;
  const auto provider = kvm::provide(options.backing, options.bytes());
  const lib::StayOnFirstCpu here;
  kvm::InvalidationRecorder recorder;
  const kvm::YieldCounter yields;
  Context context{{test, kvm, *provider, {options.bytes(), options.entry()}, options.seconds},
                  recorder,
                  yields};
  kvm::plan_behaviours(context, kBehaviours);
  kvm::prove_region(context, options);
  prove_recorder(test, recorder);
  kvm::run_behaviours(context, kBehaviours);
  return test.finish();
}
