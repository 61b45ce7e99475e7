#include "cli/run_options.hpp"

#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "cli/accel.hpp"
#include "cli/cli.hpp"
#include "cli/display.hpp"
#include "cli/history_file.hpp"
#include "cli/plan_name.hpp"
#include "cli/plan_notes.hpp"
#include "cli/streams.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

void add_run_options(Command& command, RunOptions& options, std::string_view plan_help) {
  command.value("PLAN", options.plan_file, std::string(plan_help), Need::required);
  add_options_of_a_run(command, options);
}

void add_options_of_a_run(Command& command, RunOptions& options) {
  add_filter(command, options.sweep.filter);
  command.value(
      "--out", options.out,
      "directory for results (default: a new one below kproof-out/); a run keeps the cells "
      "that an earlier run with the same inputs finished there");
  command.flag("--fresh", options.sweep.fresh, "run all cells, also those finished in --out");
  command.value("--connect", options.sweep.connect,
                "libvirt URI, qemu:///system or qemu:///session (default: libvirt in this process, "
                "no daemon)");
  add_accel(command, options.accel);
  command.number("--jobs", options.sweep.jobs,
                 "most cells at once (0: as many as this host has room for)");
  command.flag("--dump-on-hang", options.sweep.dump_on_hang,
               "keep the memory of an L1 that hangs as memory.elf, as large as its RAM, for "
               "crash or drgn");
  command.choice("--pause-on", options.pause_on, {"never", "finding", "fail"},
                 "stop a guest when its kernel first complains (finding), or at that or whatever "
                 "else makes its cell fail (fail), expected or not, and wait for you: the line "
                 "that tells you says how to get in. No time-out passes meanwhile");
  command.flag("--keep", options.sweep.hold.keep,
               "keep each guest that failed, paused, until you let it go: its case has ended, or "
               "its kernel is to be killed. What reset itself is gone");
  command.choice("--format", options.format, {"text", "json"},
                 "what to print at the end: text, or results.json as in --out");
  add_cache_budget(command, options.sweep.cache_budget);
  add_as_root(command, options.sweep.as_root);
  add_history_file(command, options.history);
  command.flag("-v,--verbose", options.verbose, "a line for every phase of every cell");
}

static void require_this_host(const std::string& connect) {
  if (!connect.empty() && !connect.starts_with("qemu:///"))
    throw ConfigError(fmt::format("--connect {}: guests run on this host, by QEMU", connect),
                      "qemu:///system or qemu:///session; without --connect no daemon is needed");
}

fs::path fresh_directory(const fs::path& where, const std::string& name) {
  return where / "kproof-out" /
         fmt::format("{}-{:%Y%m%d-%H%M%S}", name, fmt::localtime(std::time(nullptr)));
}

void read_run_options(RunOptions& options, const std::string& kind) {
  sweep::SweepOptions& sweep = options.sweep;
  require_this_host(sweep.connect);
  sweep.plan = read_named_plan(options.plan_file, cases_for_kernel(sweep.filter), &sweep.texts);
  follow_plan(options, kind);
}

void follow_plan(RunOptions& options, const std::string& kind) {
  sweep::SweepOptions& sweep = options.sweep;
  require_this_host(sweep.connect);
  require_cache_budget(sweep.cache_budget);
  warn_of(sweep.plan);
  const std::string name = kind.empty() ? sweep.plan.name : sweep.plan.name + "-" + kind;
  if (options.pause_on != "never")
    sweep.hold.pause_on =
        options.pause_on == "finding" ? run::PauseOn::finding : run::PauseOn::failure;
  sweep.out = fs::absolute(options.out.empty() ? fresh_directory("", name) : fs::path(options.out));
  sweep.accel = accel_of(options.accel);
}

report::RunReport run_told(const RunOptions& options, const run::StopRequest& stop) {
  Display display(options.verbose);
  report::RunReport report = run_sweep(options.sweep, stop, display.listener());
  display.clear();
  keep_in_history(options.history, options.sweep.out);
  show_last_goods(options.history, report);
  return report;
}

void print_outcome(const RunOptions& options, const std::string& text) {
  const fs::path& out = options.sweep.out;
  if (options.format == "json") {
    fmt::print("{}\n", util::chomp(util::read_file(out / "results.json")));
    return;
  }
  fmt::print("\n{}\n", text);
  for (const auto& [what, file] :
       {std::pair{"results:", "results.json"}, {"junit:", "junit.xml"}, {"page:", "report.html"}})
    if (fs::exists(out / file)) fmt::print("{:8} {}\n", what, (out / file).string());
}

}  // namespace kproof::cli
