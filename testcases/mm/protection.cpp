// What a single thread sees of mprotect.
//
// What Debian 6.1 does with a PUD of devdax: change_pud_range() has no notion of a huge PUD, takes
// it for a bad one, prints "bad pud", clears it and flushes nothing (pud_none_or_clear_bad). The
// VMA is changed all the same. So accesses go through as long as a CPU's TLB holds the old
// translation, and the next fault finds the PUD gone and is treated by the VMA's new protection:
// the data is safe, the protection comes late. Kernels since 6.12 change the PUD (change_huge_pud)
// and flush.
#include <cerrno>
#include <cstring>

#include <sys/mman.h>

#include "mm/entries.hpp"
#include "mm/mprotect_suite.hpp"

namespace kproof::mm {

// A kernel that changes the entry but forgets the TLB is caught only while the TLB holds the
// translation: so each round uses the word just before, and one context switch cannot hide it.
static constexpr std::size_t kRounds = 8;

static void expect_access_error(lib::Check& check, const lib::Fault& fault, const char* access,
                                int prot, std::size_t word) {
  check.that(fault.is(SIGSEGV, SEGV_ACCERR), "%s of word %zu after %s: %s", access, word,
             prot_name(prot), fault.text().c_str());
}

template <class Access>
static void rounds(const Region& region, lib::Check& check, int prot, std::size_t first,
                   std::size_t count, Access access) {
  for (std::size_t i = 0; i < kRounds; ++i) {
    const std::size_t index = first + i * count / kRounds;
    if (!region.protect(check, kReadWrite, first, count)) return;
    *region.word(index) = i;
    if (!region.protect(check, prot, first, count)) return;
    access(index);
  }
  region.protect(check, kReadWrite, first, count);
}

void expect_read_only_holds(const Region& region, lib::Check& check, std::size_t first,
                            std::size_t count) {
  rounds(region, check, PROT_READ, first, count, [&](std::size_t index) {
    const lib::Fault fault = lib::try_write(region.word(index), ~0ull);
    expect_access_error(check, fault, "write", PROT_READ, index);
  });
}

void write_after_read_only_faults(Context& context, lib::Check& check) {
  Region& region = populated(context, 1);
  expect_read_only_holds(region, check, 0, region.words());
}

void access_after_none_faults(Context& context, lib::Check& check) {
  Region& region = populated(context, 1);
  rounds(region, check, PROT_NONE, 0, region.words(), [&](std::size_t index) {
    std::uint64_t value = 0;
    const lib::Fault read = lib::try_read(region.word(index), value);
    expect_access_error(check, read, "read", PROT_NONE, index);
    const lib::Fault write = lib::try_write(region.word(index), ~0ull);
    expect_access_error(check, write, "write", PROT_NONE, index);
  });
}

void data_survives_toggles(Context& context, lib::Check& check) {
  Region& region = populated(context, 3);
  region.protect(check, PROT_READ);
  region.expect_data(check, "read-only", 3);
  region.protect(check, PROT_NONE);
  region.protect(check, PROT_READ);
  region.expect_data(check, "read-only after none", 3);
  region.protect(check, kReadWrite);
  region.expect_data(check, "read-write again", 3);
}

void write_works_again(Context& context, lib::Check& check) {
  Region& region = populated(context, 1);
  std::uint64_t seed = 1;
  for (const int prot : {PROT_READ, PROT_NONE}) {
    region.protect(check, prot);
    region.protect(check, kReadWrite);
    ++seed;
    const lib::Fault fault = lib::catch_fault([&] { region.fill(seed); });
    if (check.that(!fault.happened(), "write after %s and back: %s", prot_name(prot),
                   fault.text().c_str()))
      region.expect_data(check, "written again", seed);
  }
}

// Of memory that nobody has written, all is the zero page. To write to it would take a fault for
// each page of one's own: mprotect has to bring them.
void locked_memory_is_there(Context& context, lib::Check& check) {
  context.kept.reset();
  const Region region(context.provider, context.scale.size);
  if (!region.protect(check, PROT_READ)) return;
  if (::mlock(region.base(), region.length()) != 0)
    return check.skip(std::string("mlock: ") + strerrorname_np(errno));
  if (!region.protect(check, kReadWrite)) return;
  const Touched touched = counted([&] { return lib::catch_fault([&] { region.fill(3); }); });
  check.that(!touched.refused.happened(), "write: %s", touched.refused.text().c_str());
  check.that(touched.faults == 0, "%ld faults for %zu words", touched.faults, region.words());
}

}  // namespace kproof::mm
