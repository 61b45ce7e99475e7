#include "mm/entries_suite.hpp"

namespace kproof::mm {

static bool is_huge(const Provider& provider) {
  return provider.is_huge();
}
static bool is_private(const Provider& provider) {
  return !provider.is_shared();
}
// Device DAX falls back to entries of 4 KiB when it is protected, and these it refuses to map:
// mm/dax_1g_uffd.
static bool can_be_write_protected(const Provider& provider) {
  return provider.kind() != Kind::devdax;
}
// The kernel keeps no such bit for hugetlb, and walks no PUD without splitting it.
static bool has_soft_dirty(const Provider& provider) {
  return provider.kind() != Kind::hugetlb && !provider.is_pud();
}

static constexpr Behaviour kBehaviours[] = {
    {"mremap moves the entries of all, and no data", mremap_of_all},
    {"mremap of read-only memory gives no right", mremap_of_read_only},
    {"mremap of half the range leaves the rest", mremap_of_half_the_range},
    {"mremap of half an entry moves that half, the entry or nothing", mremap_of_half_an_entry,
     is_huge},
    {"pagemap shows each entry, and loses no data", pagemap_shows_entries},
    {"pagemap shows what userfaultfd write-protects", pagemap_shows_write_protection,
     can_be_write_protected},
    {"mincore shows what is there, and loses no data", mincore_shows_residency},
    {"MADV_DONTNEED drops the entries", dontneed_drops_entries},
    {"MADV_DONTNEED of half an entry drops that half, the entry or nothing",
     dontneed_of_half_an_entry, is_huge},
    {"MADV_POPULATE_WRITE fills the entries", populate_fills_entries},
    {"advice keeps the data or is refused", advice_keeps_data_or_is_refused},
    {"soft-dirty bits tell what is written", soft_dirty_tells_writes, has_soft_dirty},
    {"soft-dirty bits tell what is written after mprotect", soft_dirty_tells_writes_after_mprotect,
     has_soft_dirty},
    {"fork copies the entries, and neither sees what the other writes", child_copies_entries,
     is_private},
    {"mprotect of a folio that a child has in part gives nobody the other's", mixed_exclusiveness,
     is_private},
    {"memory_failure tells its user which entry is lost", memory_failure_names_the_entry},
};

// CONFIG_MEMORY_FAILURE and CONFIG_MEM_SOFT_DIRTY are for a subtest or two: without them these are
// skips.
lib::Needs needs_of_entries(lib::Needs needs) {
  for (const char* symbol : {"CONFIG_PROC_PAGE_MONITOR", "CONFIG_USERFAULTFD"})
    needs.kconfig.push_back(symbol);
  return needs;
}

std::vector<std::string_view> evidence_of_entries(std::size_t entry_size, Kind kind) {
  std::vector<std::string_view> evidence{size_evidence(entry_size)};
  if (kind == Kind::anonymous) evidence.push_back("fork_copies_entries");
  return evidence;
}

int run_entries_suite(int argc, char** argv, const lib::Description& description,
                      std::size_t entry_size, std::uint64_t default_size,
                      const MakeProvider& make) {
  const Suite suite{.behaviours = kBehaviours, .first = touch_amid_entries, .random = true};
  return run_suite(argc, argv, description, suite, entry_size, default_size, make);
}

}  // namespace kproof::mm
