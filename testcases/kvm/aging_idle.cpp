// /sys/kernel/mm/page_idle/bitmap (Documentation/admin-guide/mm/idle_page_tracking.rst).
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kvm/aging.hpp"
#include "kvm/flush.hpp"
#include "lib/clock.hpp"
#include "lib/safe.hpp"
#include "lib/sysfs.hpp"

namespace kproof::kvm::aging {

static const char* const kBitmap = "/sys/kernel/mm/page_idle/bitmap";

static std::uint64_t read_word(const char* path, std::uint64_t index) {
  const int fd = lib::safe::open(path, O_RDONLY);
  std::uint64_t word = 0;
  if (::pread(fd, &word, sizeof word, static_cast<off_t>(index * sizeof word)) != sizeof word)
    lib::safe::check(-1, path);
  ::close(fd);
  return word;
}

// The frame of a page that is there: bits 0 to 54 of its entry in pagemap.
static std::uint64_t frame(const volatile void* page) {
  const auto address = reinterpret_cast<std::uintptr_t>(page);
  return read_word("/proc/self/pagemap", address / kPage4K) & ((std::uint64_t{1} << 55) - 1);
}

static bool is_idle(std::uint64_t frame) {
  return read_word(kBitmap, frame / 64) >> frame % 64 & 1;
}

// Bits that are 0 change nothing.
static void set_idle(std::uint64_t frame) {
  const int fd = lib::safe::open(kBitmap, O_WRONLY);
  const std::uint64_t word = std::uint64_t{1} << frame % 64;
  if (::pwrite(fd, &word, sizeof word, static_cast<off_t>(frame / 64 * sizeof word)) != sizeof word)
    lib::safe::check(-1, kBitmap);
  ::close(fd);
}

void page_idle(Context& context, lib::Check& check) {
  if (!lib::sysfs::exists(kBitmap)) return check.skip("CONFIG_IDLE_PAGE_TRACKING is not set");
  Machine machine = context.machine();
  const Watch watch(context, machine, "page_idle");
  TlbFlusher flusher(machine, 0);
  if (!fill(machine, check)) return;
  // Only pages on an LRU list are tracked, and new ones wait in a list of their CPU; this drains
  // it.
  ::madvise(machine.region().base(), machine.region().length(), MADV_COLD);
  std::vector<std::uint64_t> frames;
  for (std::size_t word = 0; word < machine.words(); ++word)
    frames.push_back(frame(machine.region().word(word)));
  const double time = lib::timed_us([&] {
    for (const std::uint64_t frame : frames)
      set_idle(frame);
  });
  const std::size_t used = machine.words() / 2;
  const bool flushed = flusher.flush();
  machine.fill(0, used, 1);
  std::size_t old = 0, young = 0;
  for (std::size_t word = 0; word < machine.words(); ++word)
    if (word < used)
      old += is_idle(frames[word]);
    else
      young += !is_idle(frames[word]);
  expect_seen(check, old, used, flushed, "page_idle");
  // Some may have been in another CPU's list.
  check.that(young < (machine.words() - used) / 2, "%zu of %zu pages are young that nobody touched",
             young, machine.words() - used);
  check.that(watch.counters().agings() > 0, "KVM was never asked for an age");
  expect_filled(machine, check, "after page_idle");
  context.test.metric("time_page_idle", time, "us");
}

}  // namespace kproof::kvm::aging
