// The subcommands of kproof. Each adds itself and its options to the command line; what it does
// throws ConfigError or HostError, which main() turns into messages.
#pragma once

#include <string>
#include <string_view>

#include "cli/command.hpp"
#include "plan/cells.hpp"
#include "util/error.hpp"

namespace kproof::cli {

// Exit codes, the same for all subcommands.
constexpr int kOk = 0;
constexpr int kUnexpected = 1;  // a finding, or a cell that is not as expected
constexpr int kUsage = 2;       // bad arguments, bad plan
constexpr int kHostFault = 69;  // EX_UNAVAILABLE of sysexits.h
constexpr int kInterrupted = 130;

void add_run(CommandLine& line);
void add_exec(CommandLine& line);
void add_shell(CommandLine& line);
void add_dump(CommandLine& line);
void add_trace(CommandLine& line);
void add_attach(CommandLine& line);
void add_gdb(CommandLine& line);
void add_plan(CommandLine& line);
void add_build(CommandLine& line);
void add_test(CommandLine& line);
void add_check(CommandLine& line);
void add_watch(CommandLine& line);
void add_series(CommandLine& line);
void add_bisect(CommandLine& line);
void add_config_bisect(CommandLine& line);
void add_catalogue(CommandLine& line);
void add_cache(CommandLine& line);
void add_worker(CommandLine& line);
void add_merge(CommandLine& line);
void add_report(CommandLine& line);
void add_doctor(CommandLine& line);
void add_analyze(CommandLine& line);
void add_history(CommandLine& line);
void add_compare(CommandLine& line);
void add_thin(CommandLine& line);

// Tells an error with what it quotes and its next step; returns `exit_code`.
int complain(const Error& error, int exit_code);

inline constexpr std::string_view kSourcePlanHelp =
    "the plan, a YAML file with a kernel from `source:`";
inline constexpr std::string_view kPlanOrKernelHelp =
    "the plan, a YAML file, or the name of one that comes with kproof; or a kernel, on which mm/* "
    "or "
    "what --case names is run: a build tree, bzImage, vmlinux, .deb or .rpm; v6.12, a tag of a git "
    "tree, built small; debian:6.12 or another package";

// What runs on a kernel that was named in place of a plan: all there is, where --case chooses.
inline std::string cases_for_kernel(const plan::Filter& filter) {
  return filter.cases.empty() ? "mm/*" : "*";
}

// --topology and --case.
void add_filter(Command& command, plan::Filter& filter);
// --kernel.
void add_kernel_filter(Command& command, plan::Filter& filter);

// --cache-budget, and the ConfigError for one that is no size.
void add_cache_budget(Command& command, std::string& budget);
void require_cache_budget(const std::string& budget);

// --shard.
void add_shard(Command& command, std::string& shard);

// --as-root.
void add_as_root(Command& command, bool& as_root);

}  // namespace kproof::cli
