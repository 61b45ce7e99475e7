#include "desk/offers.hpp"

namespace kproof::desk {

// Arguments are those of ci/plans/kvm.yaml. Not usual is what takes minutes under TCG, and what
// fails on the kernels of today (ci/plans/peek.yaml, uffd.yaml).
std::span<const Offer> offers() {
  using enum Guests;
  static const std::vector<Offer> kOffers{
      {"mm/thp_mprotect", "mm/thp_mprotect"},
      {"mm/hugetlb_2m_mprotect", "mm/hugetlb_2m_mprotect"},
      {"mm/hugetlb_1g_mprotect", "mm/hugetlb_1g_mprotect"},
      {"mm/dax_2m_mprotect", "mm/dax_2m_mprotect"},
      {"mm/dax_1g_mprotect", "mm/dax_1g_mprotect"},
      {"mm/dax_1g_dirty", "mm/dax_1g_dirty", {}, plain, false},
      {"mm/dax_1g_fork", "mm/dax_1g_fork", {}, plain, false},
      {"mm/dax_1g_peek", "mm/dax_1g_peek", {}, plain, false},
      {"mm/dax_1g_uffd", "mm/dax_1g_uffd", {}, plain, false},
      {"mm/dax_1g_entries", "mm/dax_1g_entries", {}, plain, false},
      {"mm/dax_2m_entries", "mm/dax_2m_entries", {}, plain, false},
      {"mm/hugetlb_1g_entries", "mm/hugetlb_1g_entries", {}, plain, false},
      {"mm/hugetlb_2m_entries", "mm/hugetlb_2m_entries", {}, plain, false},
      {"mm/thp_entries", "mm/thp_entries", {}, plain, false},
      {"mm/anon_4k_entries", "mm/anon_4k_entries", {}, plain, false},
      {"mm/shmem_4k_entries", "mm/shmem_4k_entries", {}, plain, false},
      {"mm/dax_1g_tables", "mm/dax_1g_tables", {}, plain, false},
      {"mm/hugetlb_shared_pmd", "mm/hugetlb_shared_pmd", {}, plain, false},
      {"mm/collapse_mremap", "mm/collapse_mremap", {}, plain, false},
      {"mm/uffd_wp_thp", "mm/uffd_wp_kept", {}, plain, false},
      {"mm/uffd_wp_hugetlb", "mm/uffd_wp_kept", {"--backing", "hugetlb-2m"}, plain, false},
      {"kvm/stale_anon",
       "kvm/stale_mapping",
       {"--backing", "anon", "--seconds", "0.2"},
       shadow_and_tdp},
      {"kvm/stale_thp",
       "kvm/stale_mapping",
       {"--backing", "thp", "--seconds", "0.2"},
       shadow_and_tdp},
      {"kvm/stale_hugetlb_2m",
       "kvm/stale_mapping",
       {"--backing", "hugetlb-2m", "--seconds", "0.2"},
       shadow_and_tdp,
       false},
      {"kvm/stale_devdax_1g",
       "kvm/stale_mapping",
       {"--backing", "devdax-1g", "--seconds", "0.2"},
       shadow_and_tdp,
       false},
      {"kvm/guest_tables", "kvm/guest_tables", {"--seconds", "0.2"}, shadow_and_tdp, false},
      {"kvm/nested_raw", "kvm/nested_raw", {"--seconds", "0.2"}, shadow_and_tdp, false},
      {"kvm/invalidation", "kvm/invalidation", {"--backing", "thp"}, shadow_and_tdp},
      {"kvm/memslot_churn", "kvm/memslot_churn", {"--backing", "anon"}, shadow_and_tdp},
      {"kvm/mprotect_storm", "kvm/mprotect_storm", {"--seconds", "3"}, shadow_and_tdp, false},
      {"kvm/zap_stall", "kvm/zap_stall", {"--seconds", "0", "--rounds", "2"}, shadow, false},
      {"kvm/fault_latency", "kvm/fault_latency", {}, shadow_and_tdp, false},
      {"kvm/rmap_aliases",
       "kvm/rmap_alias_lockup",
       {"--size", "32M", "--aliases", "1G"},
       shadow,
       false},
      {"kvm/numa_balancing", "kvm/numa_balancing_sparse", {}, shadow_and_tdp, false},
      {"kvm/aging", "kvm/aging", {}, shadow_and_tdp, false},
  };
  return kOffers;
}

}  // namespace kproof::desk
