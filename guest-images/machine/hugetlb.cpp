#include "machine/hugetlb.hpp"

#include <cstring>

#include "machine/sysfs.hpp"

namespace kproof::machine {

std::string hugetlb_pool(std::size_t page_size) {
  return "/sys/kernel/mm/hugepages/hugepages-" + std::to_string(page_size >> 10) + "kB/";
}

// 1 GiB pages come from alloc_contig_pages(): the pool grows at run time only where a whole aligned
// GiB is free or movable. What does not fit is not an error of the write, so it is read back.
std::string reserve_hugetlb(std::size_t page_size, std::size_t pages) {
  const std::string pool = hugetlb_pool(page_size);
  if (!sysfs::exists(pool)) return pool + ": not there: this kernel or CPU has no such pages";
  const auto free_pages =
      sysfs::read_number(pool + "free_hugepages") - sysfs::read_number(pool + "resv_hugepages");
  if (free_pages >= pages) return "";
  const auto total = sysfs::read_number(pool + "nr_hugepages");
  const int error =
      sysfs::try_write(pool + "nr_hugepages", std::to_string(total + pages - free_pages));
  if (error) return pool + "nr_hugepages: " + std::strerror(error);
  const auto got = sysfs::read_number(pool + "nr_hugepages") - total + free_pages;
  if (got >= pages) return "";
  sysfs::try_write(pool + "nr_hugepages", std::to_string(total));
  return pool + ": " + std::to_string(got) + " of " + std::to_string(pages) +
         " pages to be had; give the guest more memory or boot with hugepages=";
}

}  // namespace kproof::machine
