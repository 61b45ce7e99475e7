// A guest, or a tree of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kproof::model {

// What RAM of the guest is made of on the host.
enum class Backing { anonymous, hugetlb_2m, hugetlb_1g };

struct Topology {
  std::string name;  // the key in the plan: "l1"
  unsigned vcpus = 2;
  std::uint64_t memory = 1ull << 30;  // bytes
  std::uint64_t nvdimm = 0;           // bytes; a case's need raises it
  Backing backing = Backing::anonymous;
  std::string cpu = "maximum";       // "maximum", "host-passthrough", or a libvirt model name
  std::vector<std::string> cmdline;  // appended to ours
};

enum class Accel { kvm, tcg };

}  // namespace kproof::model
