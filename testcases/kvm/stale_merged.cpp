// Pages of the guest that KSM has merged: one page, mapped read-only in many places, until one of
// them is written.
//
// A guest that kept an SPTE from before would write to memory that is not its own any more, or to
// that of all the others. (replace_page() of 6.1 tells KVM the new page by change_pte().)
#include <sys/mman.h>

#include "kvm/ksm.hpp"
#include "kvm/stale.hpp"
#include "lib/safe.hpp"

namespace kproof::kvm::stale {

static constexpr std::uint64_t kContent = 0x5ca1ab1e;  // of the one word in each page
static constexpr unsigned kRounds = 3;
static constexpr std::size_t kMostPages = 64;

static std::size_t pages_of(const Machine& machine) {
  return std::min(machine.words(), kMostPages);
}

static void expect_content(Machine& machine, lib::Check& check, std::size_t except,
                           std::uint64_t other) {
  for (std::size_t word = 0; word < pages_of(machine); ++word) {
    const std::uint64_t wanted = word == except ? other : kContent;
    const Exit read = machine.read(word);
    const std::uint64_t host = *machine.region().word(word);
    check.that(read.done() && read.result == wanted && host == wanted,
               "page %zu is %#lx to the guest (%s) and %#lx to the host, not %#lx; page %zu was "
               "written",
               word, read.result, read.text().c_str(), host, wanted, except);
  }
}

void merged(Context& context, lib::Check& check) {
  if (const std::string missing = Ksm::missing(); !missing.empty()) return check.skip(missing);
  Machine machine = context.machine();
  const std::size_t pages = pages_of(machine);
  if (!write_alike(machine, check, pages, kContent)) return;
  const Ksm ksm;
  lib::safe::madvise(machine.region().base(), pages * machine.stride(), MADV_MERGEABLE);
  for (unsigned round = 0; round < kRounds && check.ok(); ++round) {
    if (const std::string few = Ksm::wait_merged(pages); !few.empty()) return check.skip(few);
    const std::size_t word = (2 * round + 1) * pages / (2 * kRounds);
    expect_lands(machine, check, word, ~kContent, "merged");
    expect_content(machine, check, word, ~kContent);
    machine.write(word, kContent);
  }
}

}  // namespace kproof::kvm::stale
