// A guest, or guests inside of each other: L1 is the host's, L2 is L1's, L3 is L2's.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kproof::model {

// What RAM of a guest is made of, in the machine that runs it.
enum class Backing { anonymous, thp, hugetlb_2m, hugetlb_1g, devdax_2m, devdax_1g };

// How a level's KVM maps the memory of its guests.
enum class Mmu {
  unsaid,      // whatever the kernel does by itself; nothing is proven of it
  tdp,         // two-dimensional paging (NPT, EPT), by the TDP MMU where the kernel has it
  tdp_legacy,  // two-dimensional paging by the shadow MMU's code: kvm.tdp_mmu=0
  shadow,      // shadow paging: kvm_amd.npt=0, kvm_intel.ept=0
};

struct Level {
  std::string kernel;                 // a key of the plan's kernels; "": the kernel under test
  unsigned vcpus = 2;                 // that its programs may use (and see agent::Job::spare_cpu0)
  std::uint64_t memory = 1ull << 30;  // bytes
  std::uint64_t nvdimm = 0;           // bytes; a case's need raises it
  Backing backing = Backing::anonymous;
  // "maximum", "host-passthrough", or a libvirt model name; "": vm::cpu_model() chooses.
  std::string cpu;
  bool pmu = false;   // a virtual PMU, under KVM
  unsigned numa = 1;  // NUMA nodes, among which vCPUs and memory are divided; of L1 only
  std::vector<std::string> cmdline;  // appended to ours
  Mmu mmu = Mmu::unsaid;
  std::vector<std::pair<std::string, std::string>> params;  // "kvm.nx_huge_pages" -> "off"
  std::string preempt;  // "none", "voluntary", "full"; "": the kernel's default
};

struct Topology {
  std::string name;           // the key in the plan: "l1"
  std::vector<Level> levels;  // levels[0] is L1; never empty in a plan
  std::string place;          // "plan.yaml:7:3"
};

enum class Accel { kvm, tcg };

// The enumerators as a plan writes them, in their order; nobody writes Mmu::unsaid.
inline constexpr std::array<std::string_view, 6> kBackings{"anonymous",  "thp",       "hugetlb-2m",
                                                           "hugetlb-1g", "devdax-2m", "devdax-1g"};
inline constexpr std::array<std::string_view, 4> kMmus{"", "tdp", "tdp-legacy", "shadow"};
std::string_view to_string(Backing backing);
std::uint64_t page_size(Backing backing);  // bytes that one entry of a page table maps
bool is_devdax(Backing backing);
std::string_view to_string(Mmu mmu);

}  // namespace kproof::model
