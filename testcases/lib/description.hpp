// What a case is and needs, declared as data in the program itself: the source of --describe.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kproof::lib {

// The guest's side of model::CaseNeeds; empty or 0 means none.
struct Needs {
  std::vector<std::string_view> modules;  // as modprobe names them; built in is fine
  std::vector<std::string_view> kconfig;  // symbols that must be y or m
  std::vector<std::string_view> cmdline;  // kernel parameters
  std::vector<std::pair<std::string_view, std::string_view>> sysctls;
  std::uint64_t memory = 0;  // bytes of guest RAM, at least
  unsigned vcpus = 0;        // at least
  std::uint64_t nvdimm = 0;  // bytes of NVDIMM
  bool kvm = false;          // /dev/kvm; kvm_amd or kvm_intel is loaded by the CPU's vendor
};

struct Description {
  std::string_view name;     // "<area>/<program>"
  std::string_view summary;  // one line
  Needs needs;
  std::vector<std::string_view> evidence;  // each must be proven, or nothing was shown
  unsigned timeout_ms = 20000;             // on KVM; kproof scales it for slower accelerators
  // Adds what the options call for, once they have been read: --describe may follow options.
  std::function<void(Needs&)> needs_of_options = nullptr;
  bool quiet = false;                      // it measures time: kproof runs no cell beside it
  // Runs around a guest: at the level above the innermost one, from the start to the end of this
  // case inside. Empty: it runs in the innermost guest itself.
  std::string_view inside = {};
};

// The JSON object of --describe, one line, schema 1.
std::string to_json(const Description& description);

}  // namespace kproof::lib
