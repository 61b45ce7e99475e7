// What the guest sees when its memory goes to other pages: by a copy on write, by migration, into a
// huge page, to another address.
//
// A guest that kept an SPTE would go on with a page that is somebody else's by then, or nobody's.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include <sys/mman.h>

#include "kvm/stale.hpp"
#include "lib/child_check.hpp"
#include "lib/guest.hpp"
#include "lib/process.hpp"
#include "lib/safe.hpp"
#include "mm/anonymous.hpp"
#include "mm/pagemap.hpp"

namespace kproof::kvm::stale {

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25  // Linux 6.1
#endif
#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE 101
#endif

// Guest and host read this at the word, and the guest's next write is seen by the host.
static void expect_shared(Machine& machine, lib::Check& check, std::size_t word,
                          std::uint64_t value, const char* when) {
  const Exit read = machine.read(word);
  const std::uint64_t host = *machine.region().word(word);
  if (check.that(read.done() && read.result == value && host == value,
                 "%s: word %zu is %#lx to the guest (%s) and %#lx to the host, not %#lx", when,
                 word, read.result, read.text().c_str(), host, value))
    expect_lands(machine, check, word, ~value, when);
}

static std::uint64_t frame_of(const Machine& machine, std::size_t word) {
  return mm::pagemap(machine.region().word(word), kPage4K).front() & mm::kPagemapFrame;
}

// Of pages that a child has too, the host writes every other one first, and the guest the rest.
static void write_shared(Machine& machine, lib::Check& check) {
  bool host_writes = true;
  for (const std::size_t word : some_words(machine)) {
    const Exit read = machine.read(word);
    check.that(read.done() && read.result == word + 1,
               "forked: the guest's read of word %zu: %s, %#lx", word, read.text().c_str(),
               read.result);
    if (host_writes) {
      *machine.region().word(word) = 0x3000 + word;
      expect_shared(machine, check, word, 0x3000 + word, "written by the host after a fork");
    } else {
      expect_lands(machine, check, word, 0x3000 + word, "after a fork");
    }
    host_writes = !host_writes;
  }
}

void copied_on_write(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  if (!fill(machine, check)) return;
  const auto unchanged = lib::checked([&](lib::Check& child) {
    for (const std::size_t word : some_words(machine))
      child.that(*machine.region().word(word) == word + 1, "the child's word %zu is %#lx, not %#lx",
                 word, *machine.region().word(word), word + 1);
  });
  check.that(lib::in_child_after([&] { write_shared(machine, check); }, unchanged),
             "what was written behind a fork is in the child's memory");
}

// To take a page out of use, the kernel moves what it holds.
void migrated(Context& context, lib::Check& check) {
  if (!lib::in_throwaway_guest())
    return check.skip("the pages would be lost to this machine, which is no throw-away guest");
  // Of no bytes: only whether the kernel knows it.
  if (::madvise(nullptr, 0, MADV_SOFT_OFFLINE) != 0 && errno == EINVAL)
    return check.skip("no MADV_SOFT_OFFLINE in this kernel (CONFIG_MEMORY_FAILURE)");
  Machine machine = context.machine();
  if (!fill(machine, check)) return;
  for (const std::size_t word : some_words(machine)) {
    if (!expect_lands(machine, check, word, 0x4000 + word, "not moved yet")) return;
    const std::uint64_t before = frame_of(machine, word);
    char* const page = machine.region().base() + word * machine.stride();
    if (::madvise(page, kPage4K, MADV_SOFT_OFFLINE) != 0)
      return check.skip(std::string("MADV_SOFT_OFFLINE: ") + strerrorname_np(errno));
    check.that(frame_of(machine, word) != before, "MADV_SOFT_OFFLINE left word %zu where it was",
               word);
    expect_shared(machine, check, word, 0x4000 + word, "migrated");
  }
}

// With one small page that is no part of the huge one, so that all of it has to be copied.
void collapsed(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  if (!fill(machine, check)) return;
  const std::size_t entry = context.provider.entry_size(), own = entry / 2 / machine.stride();
  char* const base = machine.region().base();
  lib::safe::madvise(base + own * machine.stride(), kPage4K, MADV_DONTNEED);
  const std::size_t words[] = {0, own - 1, own, own + 1, entry / machine.stride() - 1};
  for (const std::size_t word : words)
    if (!expect_lands(machine, check, word, 0x5000 + word, "by small pages")) return;
  const std::uint64_t before = frame_of(machine, 0);
  if (::madvise(base, entry, MADV_COLLAPSE) != 0)
    return check.skip(std::string("MADV_COLLAPSE: ") + strerrorname_np(errno));
  check.that(frame_of(machine, 0) != before, "MADV_COLLAPSE left word 0 where it was");
  for (const std::size_t word : words)
    expect_shared(machine, check, word, 0x5000 + word, "collapsed");
}

// Moves all of the region by mremap with these flags more; null, and the subtest a skip, where the
// kernel does not move such memory so.
static std::unique_ptr<mm::Region> move(const Context& context, const Machine& machine, int flags,
                                        lib::Check& check) {
  const std::size_t length = machine.region().length();
  auto* const target =
      static_cast<char*>(mm::map_aligned(length, std::max(context.provider.entry_size(), kPage2M)));
  if (::mremap(machine.region().base(), length, length, MREMAP_MAYMOVE | MREMAP_FIXED | flags,
               target) == MAP_FAILED) {
    check.skip(std::string(flags & MREMAP_DONTUNMAP ? "mremap with MREMAP_DONTUNMAP: "
                                                    : "mremap of this memory: ") +
               strerrorname_np(errno));
    return nullptr;
  }
  return std::make_unique<mm::Region>(target, length, machine.stride());
}

// After what the guest has tried: its write may have landed here.
static void expect_moved(const mm::Region& moved, lib::Check& check, std::size_t word) {
  check.that(*moved.word(word) == word + 1, "moved: word %zu is %#lx, not %#lx", word,
             *moved.word(word), word + 1);
}

void moved_away(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  if (!fill(machine, check)) return;
  const auto moved = move(context, machine, 0, check);
  if (!moved) return;
  for (const std::size_t word : some_words(machine)) {
    const Exit read = machine.read(word);
    check.that(read.refused(), "after mremap: the guest's read of word %zu: %s, %#lx", word,
               read.text().c_str(), read.result);
    expect_refused(machine, check, word, "after mremap");
    expect_moved(*moved, check, word);
  }
  put_new_memory(machine, 0x6000);
  expect_new_memory(machine, check, 0x6000);
}

// Nothing is unmapped then, and so it is the move itself of which KVM must hear.
void moved_and_left(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  if (!fill(machine, check)) return;
  const auto moved = move(context, machine, MREMAP_DONTUNMAP, check);
  if (!moved) return;
  for (const std::size_t word : some_words(machine)) {
    expect_shared(machine, check, word, 0, "moved away, and nothing is left");
    expect_moved(*moved, check, word);
  }
}

}  // namespace kproof::kvm::stale
