#include "kvm/backing.hpp"

#include <algorithm>

#include "mm/anonymous.hpp"
#include "mm/devdax.hpp"
#include "mm/entries.hpp"
#include "mm/hugetlb.hpp"
#include "mm/shmem.hpp"
#include "mm/thp.hpp"

namespace kproof::kvm {

static bool is_of(std::string_view backing, std::string_view kind) {
  return backing.substr(0, kind.size()) == kind;
}

// Of which a child's copies take as much again.
static bool is_private(std::string_view backing) {
  return backing.ends_with("private");
}

lib::Option backing_option(std::string_view* backing) {
  return {.name = "--backing",
          .help = "what guest memory is made of",
          .choice = backing,
          .choices = kBackings};
}

std::size_t entry_size(std::string_view backing) {
  if (backing == "anon" || backing == "shmem") return mm::kPageSize;
  return backing.ends_with("1g") ? mm::kPudSize : mm::kPmdSize;
}

static void add_devdax_needs(lib::Needs& needs, std::uint64_t size) {
  needs = mm::with_devdax(std::move(needs));
  // The first GiB goes to the namespace's metadata and to alignment.
  needs.nvdimm = mm::kPudSize + (size + mm::kPudSize - 1) / mm::kPudSize * mm::kPudSize;
}

void add_backing_needs(lib::Needs& needs, std::string_view backing, std::uint64_t size) {
  if (is_of(backing, "devdax")) {
    add_devdax_needs(needs, size);
    return;
  }
  needs.memory += is_private(backing) ? 2 * size : size;
  if (is_of(backing, "hugetlb")) needs.kconfig.push_back("CONFIG_HUGETLBFS");
  if (is_of(backing, "hugetlb") || backing == "shmem")
    needs.kconfig.push_back("CONFIG_MEMFD_CREATE");
  if (backing == "hugetlb-1g") {
    // Three GiB more than the pages: QEMU puts ACPI tables and the initramfs at the top of low
    // memory, the kernel its own tables at the top of all, so fewer GiBs are whole and free.
    needs.memory = 3 * mm::kPudSize + size;
    static const std::string pages = "hugepages=" + std::to_string(size / mm::kPudSize);
    needs.cmdline = {"hugepagesz=1G", pages};
  }
  if (backing == "thp") {
    needs.kconfig.push_back("CONFIG_TRANSPARENT_HUGEPAGE");
    needs.kconfig.push_back("CONFIG_PROC_PAGE_MONITOR");
    // With less than 512 MiB left the kernel switches THP off (hugepage_init).
    needs.memory += std::uint64_t{512} << 20;
  }
}

std::unique_ptr<mm::Provider> provide(std::string_view backing, std::uint64_t size) {
  if (is_of(backing, "devdax")) return std::make_unique<mm::Devdax>(entry_size(backing), size);
  if (is_of(backing, "hugetlb"))
    return std::make_unique<mm::Hugetlb>(
        entry_size(backing), size,
        is_private(backing) ? mm::Hugetlb::Sharing::private_ : mm::Hugetlb::Sharing::shared);
  // A file takes no memory where nothing was touched, and some behaviours want larger regions.
  if (backing == "shmem") return std::make_unique<mm::Shmem>(std::max(size, mm::kPudSize));
  if (backing == "thp") return std::make_unique<mm::Thp>();
  return std::make_unique<mm::Anonymous>();
}

void prove_backing(lib::Case& test, std::string_view backing, mm::Provider& provider,
                   const mm::Region& region) {
  const mm::EntryProof proof = mm::prove_entries(provider, region, provider.stride());
  test.evidence("backing_size", proof.proven, "%.*s: %s", static_cast<int>(backing.size()),
                backing.data(), proof.fact.c_str());
}

}  // namespace kproof::kvm
