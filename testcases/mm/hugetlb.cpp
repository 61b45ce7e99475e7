#include "mm/hugetlb.hpp"

#include <string>

#include <linux/memfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/ktap.hpp"
#include "lib/safe.hpp"
#include "lib/sysfs.hpp"
#include "machine/hugetlb.hpp"

namespace kproof::mm {

Hugetlb::Hugetlb(std::size_t entry_size, std::size_t size, Sharing sharing)
    : Provider(entry_size, Kind::hugetlb),
      sharing_(sharing),
      pool_size_(machine::hugetlb_pool(entry_size) + "nr_hugepages"),
      pool_before_(lib::sysfs::read_number(pool_size_)) {
  const std::size_t pages = size / entry_size;
  const std::string error =
      machine::reserve_hugetlb(entry_size, sharing == Sharing::private_ ? 2 * pages : pages);
  if (!error.empty()) lib::ktap::bail_out("%s", error.c_str());
  const unsigned size_flag = entry_size == kPudSize ? MFD_HUGE_1GB : MFD_HUGE_2MB;
  fd_ = static_cast<int>(
      lib::safe::check(::memfd_create("kproof", MFD_CLOEXEC | MFD_HUGETLB | size_flag),
                       "memfd_create(MFD_HUGETLB)"));
  lib::safe::check(::ftruncate(fd_, static_cast<off_t>(size)), "ftruncate");
}

Hugetlb::~Hugetlb() {
  ::close(fd_);
  if (lib::sysfs::read_number(pool_size_) != pool_before_)
    lib::sysfs::try_write(pool_size_, std::to_string(pool_before_));
}

void* Hugetlb::map(std::size_t length) {
  return lib::safe::mmap(nullptr, length, PROT_READ | PROT_WRITE,
                         is_private() ? MAP_PRIVATE : MAP_SHARED, fd_, 0);
}

}  // namespace kproof::mm
