// The dirty bit of PUDs that map device DAX memory, when they are unmapped.
//
// mprotect must keep it: that an entry was written through is known nowhere else. Device DAX, the
// only one to map PUDs today, has nobody to write back for, and zap_huge_pud() drops the bit (as
// read in 6.1 to 6.12): a bit that is lost has no effect that a program could see, until something
// with a page cache maps PUDs. So the entry itself is looked at, by a kprobe there.
#include <cinttypes>

#include <sys/mman.h>

#include "lib/case.hpp"
#include "mm/devdax.hpp"
#include "mm/entries.hpp"
#include "mm/zap_probe.hpp"

using namespace kproof;

namespace {

enum class Use { read, written };

struct Behaviour {
  const char* name;
  Use use;
  std::vector<int> protections;  // one after the other, by mprotect, after the use; in the end RW
};

const Behaviour kBehaviours[] = {
    // Without mprotect: what the probe says is true.
    {"an entry that was only read is clean", Use::read, {}},
    {"an entry that was written is dirty", Use::written, {}},
    {"a clean entry is so after PROT_READ and back", Use::read, {PROT_READ, mm::kReadWrite}},
    {"a clean entry is so after PROT_NONE and back", Use::read, {PROT_NONE, mm::kReadWrite}},
    {"a dirty entry is so after PROT_READ and back", Use::written, {PROT_READ, mm::kReadWrite}},
    {"a dirty entry is so after PROT_NONE and back", Use::written, {PROT_NONE, mm::kReadWrite}},
};

void read(const mm::Region& region) {
  static_cast<void>(*region.word(0));  // volatile
}

// Unmaps what was used and protected so; the entry that was there, if there was one.
std::vector<std::uint64_t> unmapped(mm::Devdax& dax, mm::ZapProbe& probe, lib::Check& check,
                                    const Behaviour& behaviour) {
  const void* address = nullptr;
  probe.forget();
  {
    const mm::Region region(dax, mm::kPudSize);
    address = region.base();
    behaviour.use == Use::written ? region.fill(1) : read(region);
    for (const int protection : behaviour.protections)
      if (!region.protect(check, protection)) break;
  }
  return probe.seen(address, mm::kPudSize);
}

void run(mm::Devdax& dax, mm::ZapProbe& probe, lib::Check& check, const Behaviour& behaviour) {
  const auto entries = unmapped(dax, probe, check, behaviour);
  if (!check.that(entries.size() == 1, "munmap met %zu huge PUDs, not 1", entries.size())) return;
  const std::uint64_t entry = entries[0];
  const std::uint64_t expected = mm::kEntryIsLeaf | mm::kEntryWritable;
  check.that((entry & expected) == expected, "entry %#" PRIx64 " is no writable leaf", entry);
  check.that(((entry & mm::kEntryDirty) != 0) == (behaviour.use == Use::written),
             "entry %#" PRIx64 " is %s", entry, entry & mm::kEntryDirty ? "dirty" : "clean");
}

}  // namespace

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "mm/dax_1g_dirty",
      .summary = "the dirty bit of PUDs that map device DAX memory outlives mprotect",
      .needs = mm::with_devdax(
          {.kconfig = {"CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD", "CONFIG_KPROBE_EVENTS"},
           .memory = 512ull << 20,
           .vcpus = 2,
           .nvdimm = 2ull << 30}),
      .evidence = {"mapping_is_pud"},
  };
  lib::Case test(argc, argv, description);
  mm::Devdax dax(mm::kPudSize, mm::kPudSize);
  mm::ZapProbe probe;
  test.plan(std::size(kBehaviours));
  mm::prove_entries(test, "mapping_is_pud", dax, mm::Region(dax, mm::kPudSize), dax.stride());
  for (const Behaviour& behaviour : kBehaviours)
    test.run(behaviour.name, [&](lib::Check& check) { run(dax, probe, check, behaviour); });
  return test.finish();
}
