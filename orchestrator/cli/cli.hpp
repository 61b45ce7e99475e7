// The subcommands of kproof. Each adds its options to the program and, when it was chosen, does its
// work and sets the exit code; it throws ConfigError or HostError, which main() turns into
// messages.
#pragma once

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

// --topology and --case.
void add_filter(CLI::App& command, plan::Filter& filter);
// --kernel.
void add_kernel_filter(CLI::App& command, plan::Filter& filter);

}  // namespace kproof::cli
