#include "mm/hugetlb.hpp"

#include <string>

#include <linux/memfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/ktap.hpp"
#include "lib/safe.hpp"
#include "lib/sysfs.hpp"

namespace kproof::mm {

static std::string pool_of(std::size_t entry_size) {
  return "/sys/kernel/mm/hugepages/hugepages-" + std::to_string(entry_size >> 10) + "kB/";
}

// 1 GiB pages come from alloc_contig_pages(): the pool grows at run time only where a whole aligned
// GiB is free or movable. What does not fit is not an error of the write, so it is read back.
static void reserve(const std::string& pool, std::size_t wanted) {
  if (!lib::sysfs::exists(pool))
    lib::ktap::bail_out("%s: not there: this kernel or CPU has no such pages", pool.c_str());
  const auto free_pages = lib::sysfs::read_number(pool + "free_hugepages") -
                          lib::sysfs::read_number(pool + "resv_hugepages");
  if (free_pages >= wanted) return;
  const auto total = lib::sysfs::read_number(pool + "nr_hugepages");
  lib::sysfs::write(pool + "nr_hugepages", std::to_string(total + wanted - free_pages));
  const auto got = lib::sysfs::read_number(pool + "nr_hugepages") - total + free_pages;
  if (got >= wanted) return;
  lib::sysfs::write(pool + "nr_hugepages", std::to_string(total));
  lib::ktap::bail_out(
      "%s: %llu of %zu pages to be had; give the guest more memory or boot with hugepages=",
      pool.c_str(), got, wanted);
}

Hugetlb::Hugetlb(std::size_t entry_size, std::size_t size)
    : Provider(entry_size, PartOfEntry::refused),
      pool_size_(pool_of(entry_size) + "nr_hugepages"),
      pool_before_(lib::sysfs::read_number(pool_size_)) {
  reserve(pool_of(entry_size), size / entry_size);
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
  return lib::safe::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
}

}  // namespace kproof::mm
