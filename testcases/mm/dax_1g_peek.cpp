// What a debugger reads of device DAX memory mapped by PUDs: /proc/PID/mem and PTRACE_PEEKDATA read
// whatever the protection is (FOLL_FORCE).
//
// PROT_NONE clears _PAGE_PRESENT, and pud_present() of x86 looked at that bit alone until 6.1 and
// in 6.12, where pmd_present() and pte_present() know PROT_NONE. So follow_devmap_pud() finds no
// page in such a PUD, handle_mm_fault() finds nothing to do, and __get_user_pages() goes round
// these two until SIGKILL. It calls cond_resched(), so no detector of the kernel's speaks up.
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/case.hpp"
#include "lib/child_check.hpp"
#include "lib/process.hpp"
#include "lib/safe.hpp"
#include "mm/devdax.hpp"
#include "mm/entries.hpp"

using namespace kproof;

static constexpr std::uint64_t kSeed = 3;
// A read takes well under a millisecond; the rest is for hosts that emulate several guests.
static constexpr double kLimitSeconds = 5;

// The bytes of the region's first word, by /proc/self/mem; as of pread.
static ssize_t peek(const mm::Region& region, std::uint64_t& value) {
  const int fd = lib::safe::open("/proc/self/mem", O_RDONLY);
  const ssize_t got = ::pread(fd, &value, sizeof value, reinterpret_cast<off_t>(region.base()));
  const int error = errno;
  ::close(fd);
  errno = error;
  return got;
}

static void expect_peek(const mm::Region& region, lib::Check& check, std::uint64_t expected) {
  const auto childs_peek = lib::checked([&](lib::Check& childs) {
    std::uint64_t value = 0;
    const ssize_t got = peek(region, value);
    if (childs.that(got == sizeof value, "pread: %zd (%s)", got, std::strerror(errno)))
      childs.that(value == expected, "read %#lx, not %#lx", value, expected);
  });
  const bool ok = lib::in_child_within(kLimitSeconds, childs_peek);
  check.that(ok, "that was the child");
}

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "mm/dax_1g_peek",
      .summary = "what a debugger reads of device DAX memory mapped by PUDs",
      .needs = mm::with_devdax({.kconfig = {"CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD"},
                                .memory = 512ull << 20,
                                .vcpus = 2,
                                .nvdimm = 2ull << 30}),
      .evidence = {"mapping_is_pud"},
  };
  lib::Case test(argc, argv, description);
  mm::Devdax dax(mm::kPudSize, mm::kPudSize);
  test.plan(4);

  const mm::Region region(dax, mm::kPudSize);
  mm::prove_entries(test, "mapping_is_pud", dax, region, dax.stride());
  region.fill(kSeed);
  const std::uint64_t word = *region.word(0);

  test.run("a debugger reads PROT_READ|PROT_WRITE memory",
           [&](lib::Check& check) { expect_peek(region, check, word); });
  // No mprotect of a PUD, which 6.1 has another fault in: the page tables of these mappings are
  // empty, and the debugger is the first who needs them.
  test.run("a debugger reads PROT_READ memory that nobody has touched", [&](lib::Check& check) {
    const mm::Region untouched(dax, mm::kPudSize);
    if (untouched.protect(check, PROT_READ)) expect_peek(untouched, check, word);
  });
  test.run("a debugger reads PROT_NONE memory that nobody has touched", [&](lib::Check& check) {
    const mm::Region untouched(dax, mm::kPudSize);
    if (untouched.protect(check, PROT_NONE)) expect_peek(untouched, check, word);
  });
  test.run("a debugger reads memory after mprotect(PROT_NONE)", [&](lib::Check& check) {
    if (region.protect(check, PROT_NONE)) expect_peek(region, check, word);
  });
  return test.finish();
}
