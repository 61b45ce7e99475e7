#include "kvm/invalidation_recorder.hpp"
#include "kvm/sparse.hpp"
#include "lib/clock.hpp"
#include "lib/cpu.hpp"

namespace kproof::kvm::sparse {

struct Toggled {
  unsigned calls = 0, unheard = 0;             // mprotects; those that called no notifier
  std::uint64_t invalidations = 0, bytes = 0;  // calls, and what they span of the part
  std::string unrecorded{};                    // why bytes are not known
  std::vector<double> times{};                 // us

  double per_call(std::uint64_t sum) const { return static_cast<double>(sum) / calls; }
};

// The first `length` bytes of the part, again and again. The guest looks between the calls.
static Toggled toggle(Context& context, const SparsePart& part, std::size_t length,
                      lib::Check& check) {
  Toggled toggled;
  const std::size_t words = part.region->words() / (part.region->length() / length);
  const InvalidationCounter counters(part.range(), context.vms);
  const lib::StayOnFirstCpu here;
  InvalidationRecorder recorder;
  for (unsigned round = 0; round < kRounds; ++round)
    for (const int prot : {PROT_NONE, mm::kReadWrite}) {
      const std::uint64_t before = counters.invalidations();
      toggled.times.push_back(lib::timed_us([&] { part.region->protect(check, prot, 0, words); }));
      const std::uint64_t heard = counters.invalidations() - before;
      toggled.invalidations += heard;
      toggled.unheard += heard == 0;
      for (const HvaRange& range : recorder.take(part.range()))
        toggled.bytes += range.length;
      ++toggled.calls;
      if (prot == PROT_NONE)
        context.memory.expect_refused(part, check);
      else
        check.that(context.memory.wrong_pages(part) == 0, "%s: the guest lost data", part.name);
    }
  toggled.unrecorded = recorder.problem();
  return toggled;
}

static void report(Context& context, const std::string& name, const Toggled& toggled) {
  context.test.metric(("invalidations_" + name).c_str(), toggled.per_call(toggled.invalidations),
                      "calls/mprotect");
  if (toggled.unrecorded.empty())
    context.test.metric(("invalidated_" + name).c_str(),
                        toggled.per_call(toggled.bytes) / (1 << 20), "MiB/mprotect");
  context.test.metric(("time_" + name).c_str(), toggled.times, "us");
}

void none(Context& context, lib::Check& check) {
  const SparsePart& part = context.memory.none();
  for (const std::size_t size : {part.region->length() / 4, part.region->length()}) {
    const Toggled toggled = toggle(context, part, size, check);
    check.that(toggled.invalidations == 0, "%lu invalidations in %u mprotects of %zu empty GiB",
               toggled.invalidations, toggled.calls, size >> 30);
    report(context, size == part.region->length() ? "none" : "none_quarter", toggled);
  }
}

// The second half of a GiB of which only the first page is there.
void empty_pmds(Context& context, lib::Check& check) {
  const SparsePart& part = context.memory.puds();
  const std::size_t half = kPage1G / 2, stride = part.region->length() / part.region->words();
  const InvalidationCounter counters({part.range().start + half, half}, context.vms);
  for (unsigned round = 0; round < kRounds; ++round)
    for (const int prot : {PROT_NONE, mm::kReadWrite})
      part.region->protect(check, prot, half / stride, half / stride);
  const std::uint64_t calls = counters.invalidations();
  context.notified_at = calls > 0 ? Level::pud : Level::pmd;
  lib::ktap::diagnostic("the notifier is called for %s", calls > 0 ? "PUDs" : "PMDs");
  context.test.metric("invalidations_empty_pmds", static_cast<double>(calls) / (2 * kRounds),
                      "calls/mprotect");
  const unsigned long most = context.demanded == Level::pud ? 2 * kRounds : 0;
  check.that(calls <= most,
             "%lu invalidations in %u mprotects of 256 PMDs that are none; at most %lu", calls,
             2 * kRounds, most);
}

// Each mprotect may call once for each PUD with something below it, and must call once.
void bounded(Context& context, const SparsePart& part, const char* name, lib::Check& check) {
  const Toggled toggled = toggle(context, part, part.region->length(), check);
  report(context, name, toggled);
  check.that(toggled.invalidations <= part.puds * toggled.calls,
             "%lu invalidations in %u mprotects of memory with %zu PUDs that are not empty",
             toggled.invalidations, toggled.calls, part.puds);
  check.that(toggled.unheard == 0, "no invalidation in %u of %u mprotects of memory that is there",
             toggled.unheard, toggled.calls);
}

}  // namespace kproof::kvm::sparse
