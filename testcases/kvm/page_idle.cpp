#include "kvm/page_idle.hpp"

#include <optional>

#include <fcntl.h>
#include <unistd.h>

#include "lib/safe.hpp"
#include "lib/sysfs.hpp"
#include "mm/pagemap.hpp"

namespace kproof::kvm::page_idle {

static const char* const kBitmap = "/sys/kernel/mm/page_idle/bitmap";

std::string missing() {
  return lib::sysfs::exists(kBitmap) ? "" : "CONFIG_IDLE_PAGE_TRACKING is not set";
}

// The word that has the bit of this frame.
static std::optional<std::uint64_t> read_word(std::uint64_t frame) {
  const int fd = lib::safe::open(kBitmap, O_RDONLY);
  std::uint64_t word = 0;
  const long size = lib::safe::check(
      ::pread(fd, &word, sizeof word, static_cast<off_t>(frame / 64 * sizeof word)), kBitmap);
  ::close(fd);
  return size == sizeof word ? std::optional(word) : std::nullopt;
}

bool tracks(std::uint64_t frame) {
  return read_word(frame).has_value();
}

bool is_set(std::uint64_t frame) {
  return *read_word(frame) >> frame % 64 & 1;
}

// Bits that are 0 change nothing.
void set(std::uint64_t frame) {
  const int fd = lib::safe::open(kBitmap, O_WRONLY);
  const std::uint64_t word = std::uint64_t{1} << frame % 64;
  lib::safe::check(::lseek(fd, static_cast<off_t>(frame / 64 * sizeof word), SEEK_SET), kBitmap);
  lib::safe::write(fd, &word, sizeof word);
  ::close(fd);
}

std::vector<Page> pages_of(const Machine& machine) {
  const std::vector<std::uint64_t> entries =
      mm::pagemap(machine.region().base(), machine.region().length());
  std::vector<Page> pages;
  for (std::size_t word = 0; word < machine.words(); ++word)
    if (const Page page{word, entries[word * machine.stride() / kPage4K] & mm::kPagemapFrame};
        tracks(page.frame))
      pages.push_back(page);
  return pages;
}

}  // namespace kproof::kvm::page_idle
