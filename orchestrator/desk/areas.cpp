#include "desk/areas.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "util/names.hpp"

namespace kproof::desk {

std::span<const Area> areas() {
  static const std::vector<Area> kAreas{
      {"mm/mprotect.c",
       {"mm/*", "kvm/stale_*", "kvm/invalidation_*", "kvm/mprotect_storm", "kvm/zap_stall",
        "kvm/numa_balancing"},
       "mprotect, and its mmu notifier"},
      {"mm/*userfaultfd.c",
       {"mm/dax_1g_uffd", "mm/uffd_wp_*", "mm/thp_mprotect", "kvm/invalidation_*"},
       "userfaultfd"},
      {"fs/userfaultfd.c", {"mm/dax_1g_uffd", "mm/uffd_wp_*", "mm/thp_mprotect"}, "userfaultfd"},
      {"mm/hugetlb*",
       {"mm/hugetlb_*", "mm/uffd_wp_hugetlb", "kvm/stale_hugetlb_*", "kvm/invalidation_hugetlb"},
       "hugetlb"},
      {"fs/hugetlbfs/*",
       {"mm/hugetlb_*", "kvm/stale_hugetlb_*", "kvm/invalidation_hugetlb"},
       "hugetlb"},
      {"mm/shmem*",
       {"mm/shmem_*", "kvm/stale_shmem", "kvm/invalidation_shmem"},
       "memory of tmpfs and memfds"},
      {"mm/huge_memory.c",
       {"mm/thp_*", "mm/dax_*", "mm/uffd_wp_thp", "kvm/stale_thp", "kvm/stale_devdax_*",
        "kvm/invalidation_thp"},
       "huge PMDs and PUDs"},
      {"mm/mremap.c",
       {"mm/*_entries", "mm/uffd_wp_*", "mm/collapse_mremap", "mm/dax_1g_tables", "kvm/stale_*",
        "kvm/invalidation_*"},
       "mremap"},
      {"mm/memory-failure.c", {"mm/*_entries", "kvm/stale_anon"}, "memory_failure"},
      {"mm/pagewalk.c", {"mm/*_entries", "mm/dax_1g_tables"}, "walks over page tables"},
      {"mm/mincore.c", {"mm/*_entries", "mm/dax_1g_tables"}, "mincore"},
      {"fs/proc/task_mmu.c",
       {"mm/*_entries", "mm/dax_1g_tables", "kvm/invalidation_*"},
       "pagemap and soft-dirty bits"},
      {"mm/madvise.c",
       {"mm/*_entries", "mm/thp_mprotect", "kvm/stale_*", "kvm/invalidation_*"},
       "madvise"},
      {"mm/memory.c",
       {"mm/*_entries", "mm/*_mprotect", "kvm/stale_*", "kvm/invalidation_*"},
       "faults, fork and zaps"},
      {"mm/truncate.c",
       {"mm/shmem_*", "kvm/stale_shmem", "kvm/invalidation_shmem"},
       "holes in files"},
      {"mm/khugepaged.c",
       {"mm/thp_*", "mm/uffd_wp_thp", "mm/collapse_mremap", "kvm/stale_thp", "kvm/memslot_churn",
        "kvm/churn_*"},
       "khugepaged"},
      {"mm/gup.c",
       {"mm/dax_1g_peek", "kvm/stale_*", "kvm/memslot_churn", "kvm/churn_*"},
       "get_user_pages"},
      {"mm/mmu_notifier.c",
       {"kvm/stale_*", "kvm/invalidation_*", "kvm/memslot_churn", "kvm/churn_*", "kvm/aging"},
       "mmu notifiers"},
      {"include/linux/mmu_notifier.h",
       {"kvm/stale_*", "kvm/invalidation_*", "kvm/memslot_churn", "kvm/churn_*", "kvm/aging"},
       "mmu notifiers"},
      {"mm/vmscan.c", {"kvm/aging", "mm/thp_mprotect"}, "reclaim, and the aging of pages"},
      {"mm/workingset.c", {"kvm/aging"}, "the aging of pages"},
      {"mm/page_idle.c", {"kvm/aging"}, "the aging of pages"},
      {"mm/damon/*", {"kvm/aging"}, "DAMON, which asks for the age of pages"},
      {"mm/ksm.c", {"kvm/stale_anon", "kvm/memslot_churn"}, "KSM"},
      {"mm/mempolicy.c", {"kvm/numa_balancing"}, "NUMA balancing"},
      {"mm/migrate*", {"kvm/numa_balancing", "kvm/stale_*"}, "migration"},
      {"kernel/sched/fair.c", {"kvm/numa_balancing", "kvm/zap_stall"}, "NUMA balancing"},
      {"mm/rmap.c", {"mm/*_mprotect", "kvm/stale_*", "kvm/aging"}, "the rmap of pages"},
      {"drivers/dax/*", {"mm/dax_*", "kvm/stale_devdax_*"}, "device DAX"},
      {"drivers/nvdimm/*", {"mm/dax_*"}, "the memory below device DAX"},
      {"fs/dax.c", {"mm/dax_*"}, "DAX"},
      {"mm/memremap.c", {"mm/dax_*", "kvm/stale_devdax_*"}, "struct pages of devices"},
      {"mm/*", {"mm/*_mprotect", "kvm/stale_anon", "kvm/stale_thp"}, "mm"},
      {"include/linux/mm*", {"mm/*_mprotect", "kvm/stale_anon", "kvm/stale_thp"}, "mm"},
      {"include/linux/hugetlb*", {"mm/hugetlb_*", "kvm/stale_hugetlb_*"}, "hugetlb"},
      {"include/linux/huge_mm.h", {"mm/*_mprotect", "mm/dax_*", "kvm/stale_*"}, "huge pages"},
      {"*pgtable*", {"mm/*_mprotect", "mm/dax_*", "kvm/stale_*"}, "entries of page tables"},
      {"arch/x86/mm/*", {"mm/*_mprotect", "kvm/stale_*"}, "page tables and TLBs of x86"},
      {"arch/x86/include/asm/tlb*", {"mm/*_mprotect", "kvm/stale_*"}, "TLBs of x86"},
      {"arch/x86/kvm/mmu/*", {"kvm/*"}, "KVM's MMU"},
      {"arch/x86/kvm/mmu.h", {"kvm/*"}, "KVM's MMU"},
      {"virt/kvm/*", {"kvm/*"}, "KVM's memslots and notifiers"},
      {"arch/x86/kvm/*/nested*", {"kvm/nested_raw"}, "nested guests"},
      {"arch/x86/kvm/*",
       {"kvm/stale_anon", "kvm/stale_thp", "kvm/guest_tables", "kvm/nested_raw",
        "kvm/invalidation_*", "kvm/memslot_churn", "kvm/churn_*"},
       "KVM"},
      {"include/linux/kvm*",
       {"kvm/stale_anon", "kvm/stale_thp", "kvm/invalidation_*", "kvm/memslot_churn",
        "kvm/churn_*"},
       "KVM"},
      {"arch/x86/include/*/kvm*",
       {"kvm/stale_anon", "kvm/stale_thp", "kvm/invalidation_*", "kvm/memslot_churn",
        "kvm/churn_*"},
       "KVM"},
  };
  return kAreas;
}

static bool matches(const std::vector<std::string_view>& globs, const Offer& offer) {
  return std::ranges::any_of(globs, [&](std::string_view glob) {
    return util::glob_match(std::string(glob), std::string(offer.name));
  });
}

Choice choose() {
  Choice choice;
  for (const Offer& offer : offers())
    if (offer.usual) choice.cases.push_back({.offer = &offer, .because = {}});
  return choice;
}

Choice choose_named(const std::vector<std::string>& globs) {
  const std::vector<std::string_view> views(globs.begin(), globs.end());
  Choice choice;
  for (const Offer& offer : offers())
    if (matches(views, offer)) choice.cases.push_back({.offer = &offer, .because = {}});
  return choice;
}

static const Area* area_of(const std::string& file) {
  for (const Area& area : areas())
    if (util::glob_match(std::string(area.files), file)) return &area;
  return nullptr;
}

Choice choose(const std::vector<std::string>& files) {
  Choice choice;
  for (const std::string& file : files)
    if (!area_of(file)) choice.no_case.push_back(file);
  for (const Offer& offer : offers()) {
    Chosen chosen{.offer = &offer, .because = {}};
    for (const std::string& file : files)
      if (const Area* area = area_of(file); area && matches(area->cases, offer))
        chosen.because.push_back({file, area->what});
    if (!chosen.because.empty()) choice.cases.push_back(std::move(chosen));
  }
  if (choice.cases.empty()) choice.cases = choose().cases;
  return choice;
}

std::string explain(const Choice& choice) {
  std::string text;
  for (const Chosen& one : choice.cases) {
    text += fmt::format("{:26}", one.offer->name);
    if (one.because.empty()) text += "usual";
    for (const Because& because : one.because)
      text += fmt::format("{}{} ({})", &because == &one.because.front() ? "" : ", ", because.file,
                          because.what);
    text += '\n';
  }
  for (const std::string& file : choice.no_case)
    text += fmt::format("{:26}no case reaches it\n", file);
  return text;
}

}  // namespace kproof::desk
