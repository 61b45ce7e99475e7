#include "kvm/swap.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sys/swap.h>
#include <unistd.h>

#include "lib/guest.hpp"
#include "lib/safe.hpp"
#include "lib/sysfs.hpp"
#include "mm/pagemap.hpp"

namespace kproof::kvm {

static constexpr std::size_t kPage = 4096;
static const char* const kDevice = "/dev/zram0";
static const char* const kBlock = "/sys/block/zram0/";

// The first line of /proc/swaps is the heading.
static bool has_swap() {
  return lib::sysfs::read("/proc/swaps").find('\n') != std::string::npos;
}

std::string Swap::missing() {
  if (!lib::sysfs::exists("/proc/swaps")) return "CONFIG_SWAP is not set";
  if (has_swap()) return "";
  if (!lib::in_throwaway_guest()) return "no swap, and this is no throw-away guest to make some in";
  if (!lib::sysfs::exists(kDevice)) return "no /dev/zram0: CONFIG_ZRAM, module zram";
  return "";
}

// What mkswap writes (include/linux/swap.h, union swap_header): version 1 and the last page behind
// a boot block, and the magic at the end of the page.
static void make_swap_header(std::size_t size) {
  std::vector<char> page(kPage);
  struct {
    std::uint32_t version, last_page, bad_pages;
  } const info{1, static_cast<std::uint32_t>(size / kPage - 1), 0};
  std::memcpy(&page[1024], &info, sizeof info);
  std::memcpy(&page[kPage - 10], "SWAPSPACE2", 10);
  const int fd = lib::safe::open(kDevice, O_RDWR);
  lib::safe::write(fd, page.data(), page.size());
  ::close(fd);
}

Swap::Swap(std::size_t size) {
  if (has_swap()) return;
  size = std::max<std::size_t>(size, std::size_t{1} << 20);
  lib::sysfs::write(std::string(kBlock) + "disksize", std::to_string(size));
  make_swap_header(size);
  lib::safe::check(::swapon(kDevice, 0), "swapon(/dev/zram0)");
  made_ = true;
}

Swap::~Swap() {
  if (!made_) return;
  ::swapoff(kDevice);
  lib::sysfs::try_write(std::string(kBlock) + "reset", "1");
}

std::size_t swapped_pages(const void* address, std::size_t length) {
  std::size_t swapped = 0;
  for (const std::uint64_t entry : mm::pagemap(address, length))
    swapped += entry >> mm::kPagemapSwapped & 1;
  return swapped;
}

}  // namespace kproof::kvm
