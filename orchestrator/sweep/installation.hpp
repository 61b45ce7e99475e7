// Where this installation keeps its parts, found from the running program:
// <prefix>/bin/kproof, and <prefix>/lib/kproof/ with agent, kconfigs/, ci/plans/, cases/AREA/NAME.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model/case.hpp"

namespace kproof::sweep {

struct Installation {
  std::filesystem::path libexec;  // <prefix>/lib/kproof
  std::string program;            // hash of the running program: another kproof judges anew

  // Whether the parts are there or not: `kproof build` needs no agent.
  static Installation find();
  // HostError names a part that guests need and that is missing.
  void require_whole() const;
  std::filesystem::path agent() const { return libexec / "agent"; }
  std::filesystem::path emulator() const { return libexec / "qemu-tied"; }
  std::filesystem::path guard() const { return libexec / "runtime-guard"; }
  std::filesystem::path fragments() const { return libexec / "kconfigs/fragments"; }
  // Runs programs of suites, in the guest (testcases/suite).
  std::filesystem::path suite_runner() const { return libexec / "suite-runner"; }
  // Plans that come with kproof. What they name lies beside them as it does in the source.
  std::filesystem::path plans() const { return libexec / "ci/plans"; }
  std::filesystem::path case_program(const std::string& name) const {
    return libexec / "cases" / name;
  }

  // "mm/thp_mprotect", sorted. HostError when there is none.
  std::vector<std::string> case_names() const;
  // Runs the program with `args` and --describe: needs may depend on options. ConfigError, with
  // what it says, when it does not describe itself or does not take these options.
  model::CaseDescription describe(const std::string& name,
                                  const std::vector<std::string>& args) const;
};

}  // namespace kproof::sweep
