// Programs of others that a plan runs as cases: "kselftest-kvm/dirty_log_test".
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/case.hpp"
#include "model/kernel.hpp"
#include "util/units.hpp"

namespace kproof::model {

// Of tools/testing/selftests.
struct Kselftests {
  std::string directory;  // "kvm", "mm"
  // Whose; without one, of the tree that the kernel under test was built from.
  std::optional<SourceTree> tree;
};
// A directory in which kvm-unit-tests are built: x86/*.flat and x86/unittests.cfg.
struct KvmUnitTests {
  std::filesystem::path directory;
};
// Each program in it prints KTAP or TAP, or only exits.
struct Programs {
  std::filesystem::path directory;
};

// What the plan says of one program, or of all. What it leaves out is as the suite has it.
struct SuiteProgram {
  std::string name;  // "": of all
  std::optional<std::vector<std::string>> args;
  CaseNeeds needs;  // beside the suite's
  std::optional<util::Millis> timeout;
  std::string place;
};

struct Suite {
  std::string name;  // the key in the plan
  std::variant<Kselftests, KvmUnitTests, Programs> of;
  SuiteProgram all;
  std::vector<SuiteProgram> programs;
  std::string place;
};

}  // namespace kproof::model
