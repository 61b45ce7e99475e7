// What the guest sees when other memory, or none, takes the place of what it had.
#include <cerrno>
#include <cstring>

#include <sys/mman.h>

#include "kvm/stale.hpp"
#include "lib/safe.hpp"

namespace kproof::kvm::stale {

void put_new_memory(const Machine& machine, std::uint64_t value) {
  const mm::Region& region = machine.region();
  lib::safe::mmap(region.base(), region.length(), mm::kReadWrite,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
  for (const std::size_t word : some_words(machine))
    *region.word(word) = value + word;
}

void expect_new_memory(Machine& machine, lib::Check& check, std::uint64_t value) {
  for (const std::size_t word : some_words(machine)) {
    const Exit read = machine.read(word);
    check.that(read.done() && read.result == value + word,
               "new memory: the guest's read of word %zu: %s, %#lx, not %#lx", word,
               read.text().c_str(), read.result, value + word);
    expect_lands(machine, check, word, ~word, "new memory");
  }
}

void unmapped(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  if (!fill(machine, check)) return;
  lib::safe::munmap(machine.region().base(), machine.region().length());
  for (const std::size_t word : some_words(machine)) {
    const Exit read = machine.read(word);
    check.that(read.refused(), "after munmap: the guest's read of word %zu: %s, %#lx", word,
               read.text().c_str(), read.result);
    expect_refused(machine, check, word, "after munmap");
  }
  put_new_memory(machine, 0x1000);
  expect_new_memory(machine, check, 0x1000);
}

void replaced(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  if (!fill(machine, check)) return;
  put_new_memory(machine, 0x2000);
  expect_new_memory(machine, check, 0x2000);
}

// Either way both sides must agree on what is there then.
static void advised(Context& context, lib::Check& check, int advice, const std::string& name) {
  Machine machine = context.machine();
  if (!fill(machine, check)) return;
  if (::madvise(machine.region().base(), machine.region().length(), advice) != 0)
    return check.skip(name + " of this memory: " + strerrorname_np(errno));
  for (const std::size_t word : some_words(machine)) {
    const Exit read = machine.read(word);
    const std::uint64_t host = *machine.region().word(word);
    check.that(read.done() && read.result == host,
               "after %s: the guest's read of word %zu: %s, %#lx; the host reads %#lx",
               name.c_str(), word, read.text().c_str(), read.result, host);
    expect_lands(machine, check, word, ~word, ("after " + name).c_str());
  }
}

// Private memory reads as zeros then, shared memory as before.
void dropped(Context& context, lib::Check& check) {
  advised(context, check, MADV_DONTNEED, "MADV_DONTNEED");
}

// The file has other pages there from the next access on.
void punched(Context& context, lib::Check& check) {
  advised(context, check, MADV_REMOVE, "MADV_REMOVE");
}

}  // namespace kproof::kvm::stale
