#include "suites/known.hpp"

#include <sstream>

namespace kproof::suites {

// Sizes are cut: max_guest_memory_test maps 128 GB by default, the others 1 GiB for each vCPU.
static constexpr KnownSelftest kKnown[] = {
    {.directory = "kvm",
     .name = "access_tracking_perf_test",
     .args = "-b 32M -v 2",
     .summary = "vCPUs access memory while the host marks it idle and asks what was used",
     .memory = 1024,
     .vcpus = 2,
     .kconfig = "CONFIG_IDLE_PAGE_TRACKING"},
    {.directory = "kvm",
     .name = "demand_paging_test",
     .args = "-b 32M -v 2",
     .summary = "vCPUs touch memory for the first time, all at once",
     .memory = 1024,
     .vcpus = 2},
    {.directory = "kvm",
     .name = "dirty_log_page_splitting_test",
     .args = "-b 32M -s anonymous_hugetlb",
     .summary = "huge SPTEs are split for a dirty log, and come back without it",
     .memory = 1024,
     .vcpus = 2,
     .sysctls = "vm.nr_hugepages=48"},
    {.directory = "kvm",
     .name = "dirty_log_perf_test",
     .args = "-b 32M -v 2 -i 2",
     .summary = "vCPUs write while the dirty log is on, is read and is cleared",
     .memory = 1024,
     .vcpus = 2},
    {.directory = "kvm",
     .name = "dirty_log_test",
     .args = "-M clear-log -i 4 -I 10",
     .summary = "what a vCPU wrote is in the dirty log, page for page",
     .memory = 2048,
     .vcpus = 2,
     .seconds = 60},
    {.directory = "kvm",
     .name = "kvm_page_table_test",
     .args = "-b 32M -v 2",
     .summary = "vCPUs fault on one range while its mappings are split and merged",
     .memory = 1024,
     .vcpus = 2},
    {.directory = "kvm",
     .name = "max_guest_memory_test",
     .args = "-c 2 -m 1 -s 1",
     .summary = "vCPUs fill memory; its slots go, and come back (of 6.14 on: mmu_stress_test)",
     .memory = 2560,
     .vcpus = 2,
     .seconds = 60,
     .invalidates = true},
    {.directory = "kvm",
     .name = "memslot_modification_stress_test",
     .args = "-b 32M -v 2 -i 100",
     .summary = "vCPUs access memory while another memslot comes and goes",
     .memory = 1024,
     .vcpus = 2},
    {.directory = "kvm",
     .name = "memslot_perf_test",
     .args = "-l 1 -s 64 -e 4",
     .summary = "memslots are moved, mapped and unmapped under a running vCPU",
     .memory = 2048,
     .vcpus = 2,
     .seconds = 60},
    {.directory = "kvm",
     .name = "set_memory_region_test",
     .summary = "memslots go and come under a vCPU that stands on them",
     .memory = 1024,
     .vcpus = 2},
    {.directory = "mm",
     .name = "cow",
     .summary = "copy on write of every kind of page and pin",
     .memory = 1536,
     .seconds = 90,
     .sysctls = "vm.nr_hugepages=16"},
    {.directory = "mm",
     .name = "hugepage-mremap",
     .summary = "mremap of hugetlb memory",
     .memory = 1024,
     .sysctls = "vm.nr_hugepages=64"},
    {.directory = "mm",
     .name = "hugetlb-madvise",
     .summary = "madvise of hugetlb memory",
     .memory = 1024,
     .sysctls = "vm.nr_hugepages=64"},
    {.directory = "mm",
     .name = "khugepaged",
     .summary = "huge pages are collapsed, of every kind of memory",
     .memory = 2048,
     .seconds = 180},
    {.directory = "mm",
     .name = "ksm_functional_tests",
     .summary = "pages are merged and unmerged",
     .memory = 768,
     .kconfig = "CONFIG_KSM"},
    {.directory = "mm", .name = "madv_populate", .summary = "MADV_POPULATE_READ and _WRITE"},
    {.directory = "mm",
     .name = "migration",
     .summary = "pages move between nodes while threads use them",
     .memory = 1024,
     .vcpus = 2,
     .seconds = 120},
    {.directory = "mm",
     .name = "mkdirty",
     .summary = "a PTE, PMD made dirty of a read-only mapping stays read-only",
     .memory = 768},
    {.directory = "mm",
     .name = "mremap_test",
     .summary = "mremap of all alignments and overlaps",
     .memory = 1024,
     .seconds = 120,
     .sysctls = "vm.overcommit_memory=1"},
    {.directory = "mm",
     .name = "pagemap_ioctl",
     .summary = "PAGEMAP_SCAN, and asynchronous write protection",
     .memory = 1024,
     .seconds = 120,
     .sysctls = "vm.nr_hugepages=16"},
    {.directory = "mm",
     .name = "protection_keys",
     .summary = "protection keys of user memory",
     .memory = 768,
     .seconds = 60},
    {.directory = "mm",
     .name = "soft-dirty",
     .summary = "soft-dirty bits, also of mprotect and mremap",
     .memory = 768},
    {.directory = "mm",
     .name = "split_huge_page_test",
     .summary = "huge pages are split, by address and by file",
     .memory = 1024,
     .seconds = 60},
    {.directory = "mm",
     .name = "uffd-unit-tests",
     .summary = "userfaultfd, feature by feature",
     .memory = 1024,
     .vcpus = 2,
     .seconds = 120,
     .sysctls = "vm.nr_hugepages=64"},
};

std::span<const KnownSelftest> known_selftests() {
  return kKnown;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  std::istringstream stream{std::string(text)};
  for (std::string word; stream >> word;)
    words.push_back(word);
  return words;
}

// What counts guests and notifiers is a tracepoint, by perf.
model::CaseNeeds needs_of(const KnownSelftest& selftest) {
  model::CaseNeeds needs;
  needs.kvm = selftest.directory == "kvm";
  needs.memory = std::uint64_t{selftest.memory} << 20;
  needs.vcpus = selftest.vcpus;
  needs.cmdline = split(selftest.cmdline);
  needs.kconfig = split(selftest.kconfig);
  if (needs.kvm)
    for (const char* symbol : {"CONFIG_EVENT_TRACING", "CONFIG_PERF_EVENTS"})
      needs.kconfig.emplace_back(symbol);
  for (const std::string& setting : split(selftest.sysctls)) {
    const auto equals = setting.find('=');
    needs.sysctls.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  return needs;
}

}  // namespace kproof::suites
