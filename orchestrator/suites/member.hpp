// A program of a suite, as a case.
#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "model/suite.hpp"
#include "source/selftests.hpp"
#include "suites/unit_tests.hpp"

namespace kproof::suites {

struct OfKernel {  // built of a kernel's tree
  source::Selftest selftest;
  std::optional<model::SourceTree> tree;  // else that of the kernel under test
};
struct FlatBinary {  // QEMU runs it
  UnitTest test;
  std::filesystem::path file;
};
struct Binary {
  std::filesystem::path file;
};

struct Member {
  model::CaseDescription description;
  std::vector<std::string> args;    // where the plan's case gives none
  std::vector<std::string> runner;  // options of suite-runner
  bool by_name_only = false;        // no glob finds it: its suite runs it only by hand
  std::variant<OfKernel, FlatBinary, Binary> program;
};

// All programs of the suite that kproof knows by name, sorted, as the plan has them. ConfigError
// with the plan's place, for a directory that is none or a program that is not there.
std::vector<Member> members_of(const model::Suite& suite);

// One of tools/testing/selftests that kproof knows nothing of, but its name.
Member unknown_selftest(const model::Suite& suite, const std::string& name);

}  // namespace kproof::suites
