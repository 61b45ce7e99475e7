// The subcommands of kproof. Each adds its options to the program and, when it was chosen, does its
// work and sets the exit code; it throws ConfigError or HostError, which main() turns into
// messages.
#pragma once

#include <string_view>

#include <CLI/CLI.hpp>

#include "plan/cells.hpp"

namespace kproof::cli {

// Exit codes, the same for all subcommands.
constexpr int kOk = 0;
constexpr int kUnexpected = 1;  // a finding, or a cell that is not as expected
constexpr int kUsage = 2;       // bad arguments, bad plan
constexpr int kHostFault = 69;  // EX_UNAVAILABLE of sysexits.h
constexpr int kInterrupted = 130;

void add_run(CLI::App& app, int& exit_code);
void add_plan(CLI::App& app, int& exit_code);
void add_build(CLI::App& app, int& exit_code);
void add_series(CLI::App& app, int& exit_code);
void add_bisect(CLI::App& app, int& exit_code);
void add_doctor(CLI::App& app, int& exit_code);
void add_analyze(CLI::App& app, int& exit_code);

inline constexpr std::string_view kSourcePlanHelp =
    "the plan, a YAML file with a kernel from `source:`";
inline constexpr std::string_view kPlanOrKernelHelp =
    "the plan, a YAML file; or a kernel, on which mm/* or what --case names is run: a build tree, "
    "bzImage, vmlinux or .deb";

// What runs on a kernel that was named in place of a plan: all there is, where --case chooses.
inline std::string cases_for_kernel(const plan::Filter& filter) {
  return filter.cases.empty() ? "mm/*" : "*";
}

// --topology and --case.
void add_filter(CLI::App& command, plan::Filter& filter);
// --kernel.
void add_kernel_filter(CLI::App& command, plan::Filter& filter);

// --as-root.
void add_as_root(CLI::App& command, bool& as_root);

}  // namespace kproof::cli
