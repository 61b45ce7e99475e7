// memory_failure(): a page that hardware reports as broken, or madvise(MADV_HWPOISON) as if it had.
//
// Who used it is found by the page's mapping and index. Those of a devdax are set by the first
// fault of each entry, and that fault need not be at the entry's start: so the very first accesses
// here are amid the entries. (An index taken of the next entry then sent the signal to nobody, or
// with the wrong address: "device-dax: correct pgoff align in dax_set_mapping()", 6.11.)
#include <cerrno>
#include <cstring>
#include <random>

#include <sys/mman.h>
#include <sys/prctl.h>

#include "lib/guest.hpp"
#include "lib/ktap.hpp"
#include "lib/safe.hpp"
#include "mm/entries_suite.hpp"

namespace kproof::mm {

#ifndef MADV_HWPOISON
#define MADV_HWPOISON 100
#endif

// Bytes into an entry, a multiple of 4 KiB, not its first page.
static std::size_t amid(const Context& context, std::size_t entry) {
  const std::size_t pages = context.provider.entry_size() / kPageSize;
  if (pages == 1) return 0;
  std::mt19937_64 random(context.scale.seed + entry);
  return (1 + random() % (pages - 1)) * kPageSize;
}

void touch_amid_entries(Context& context) {
  const Region region(context.provider, context.scale.size);
  const std::size_t size = context.provider.entry_size();
  for (std::size_t entry = 0; entry < region.length() / size; ++entry) {
    char* const place = region.base() + entry * size + amid(context, entry);
    const lib::Fault fault = lib::try_write(reinterpret_cast<Word*>(place), entry);
    if (fault.happened())
      lib::ktap::bail_out("the first access, %#zx bytes into entry %zu: %s", amid(context, entry),
                          entry, fault.text().c_str());
  }
  lib::ktap::diagnostic("the first access was %#zx bytes into the first entry (--seed %u)",
                        amid(context, 0), context.scale.seed);
}

// What is lost of a THP is a page: it is split before.
static int lost_bits(const Provider& provider) {
  if (provider.is_pud()) return 30;
  return provider.entry_size() == kPmdSize && provider.is_shared() ? 21 : 12;
}

static void expect_lost(const Context& context, lib::Check& check, const char* what,
                        const lib::Fault& fault, const char* place) {
  const auto address = reinterpret_cast<std::uintptr_t>(place);
  const int bits = lost_bits(context.provider);
  if (!check.that(fault.is(SIGBUS, BUS_MCEERR_AR) || fault.is(SIGBUS, BUS_MCEERR_AO),
                  "%s at %#lx: %s", what, address, fault.text().c_str()))
    return;
  check.that(fault.lsb == bits, "%s at %#lx: %s, not %d", what, address, fault.text().c_str(),
             bits);
  check.that(fault.address >> bits == address >> bits, "%s at %#lx: %s, another entry", what,
             address, fault.text().c_str());
}

static void lose(Context& context, const Region& region, lib::Check& check, std::size_t entry) {
  char* const place =
      region.base() + entry * context.provider.entry_size() + amid(context, entry + 100);
  int result = 0;
  // The signal comes when the call is over, "action required" since 6.11 and optional before.
  const lib::Fault fault =
      lib::catch_fault([&] { result = ::madvise(place, kPageSize, MADV_HWPOISON); });
  check.that(result == 0, "madvise(MADV_HWPOISON): %s", std::strerror(errno));
  expect_lost(context, check, "madvise(MADV_HWPOISON)", fault, place);
  // A devdax maps it again, as it has no other to give.
  if (context.provider.kind() == Kind::devdax) return;
  std::uint64_t value = 0;
  expect_lost(context, check, "a read after it",
              lib::try_read(reinterpret_cast<Word*>(place), value), place);
}

void memory_failure_names_the_entry(Context& context, lib::Check& check) {
  if (!lib::in_throwaway_guest())
    return check.skip("the memory would be lost to this machine, which is no throw-away guest");
  // Of no bytes: only whether the kernel knows it.
  if (::madvise(nullptr, 0, MADV_HWPOISON) != 0 && errno == EINVAL)
    return check.skip("no memory_failure() in this kernel (CONFIG_MEMORY_FAILURE)");
  lib::safe::check(::prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY, 0, 0), "PR_MCE_KILL");
  const auto region = populated_to_spoil(context, 61);
  const std::size_t last = region->length() / context.provider.entry_size() - 1;
  lose(context, *region, check, 0);
  lose(context, *region, check, last);
  // What is between them is as it was.
  const std::size_t words = context.provider.words_per_entry();
  region->expect_data(check, "between those that were lost", 61, words, (last - 1) * words);
}

}  // namespace kproof::mm
