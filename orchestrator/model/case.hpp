// A test case as its own program declares it (`testcases/mm/x --describe`, JSON on stdout).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "util/units.hpp"

namespace kproof::model {

// What a case needs of its guest. An unmet need is told before the boot where it can be (kconfig,
// modules), else it is `miss` or `skip` with the fact.
struct CaseNeeds {
  std::vector<std::string> modules;  // names as modprobe has them; built in is fine
  std::vector<std::string> kconfig;  // symbols that must be y or m: "CONFIG_DEV_DAX"
  std::vector<std::string> cmdline;  // kernel parameters: "hugepagesz=1G", "hugepages=1"
  std::vector<std::pair<std::string, std::string>> sysctls;  // "kernel.watchdog_thresh" -> "1"
  std::uint64_t memory = 0;                                  // bytes of guest RAM, at least
  unsigned vcpus = 1;                                        // at least
  std::uint64_t nvdimm = 0;                                  // bytes of NVDIMM; 0: none
  bool kvm = false;                                          // /dev/kvm, by the CPU's own vendor
};

struct CaseDescription {
  std::string name;     // "mm/dax_1g_mprotect"
  std::string summary;  // one line
  CaseNeeds needs;
  std::vector<std::string> evidence;  // names; each must be proven, or the verdict is miss
  util::Millis timeout{20000};        // on KVM; scaled for slower accelerators
  bool quiet = false;                 // it measures time: no other cell runs beside it
  // A case that runs around a guest: at the level above the innermost one, from the start to the
  // end of this case inside. "": it runs in the innermost guest itself.
  std::string inside;
};

}  // namespace kproof::model
