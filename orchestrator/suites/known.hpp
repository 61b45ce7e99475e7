// What kproof knows of kselftest's programs: how each is run so that it shows something and ends
// in reasonable time also under TCG, and what it needs. Others run, too, when a plan names them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/case.hpp"

namespace kproof::suites {

struct KnownSelftest {
  std::string_view directory, name;
  std::string_view args;  // words
  std::string_view summary;
  unsigned memory = 0;  // MiB of RAM of the guest
  unsigned vcpus = 1;
  unsigned seconds = 45;       // on KVM; kselftest's own default (runner.sh)
  bool invalidates = false;    // KVM's mmu notifier must hear of what it does
  std::string_view cmdline{};  // words: "hugepages=64"
  std::string_view kconfig{};
  std::string_view sysctls{};  // "vm.nr_hugepages=64"
};

// Sorted by directory and name.
std::span<const KnownSelftest> known_selftests();

// Words of a text, at blanks.
std::vector<std::string> split(std::string_view text);

// What it needs of its guest, with what all of its directory do.
model::CaseNeeds needs_of(const KnownSelftest& selftest);

}  // namespace kproof::suites
