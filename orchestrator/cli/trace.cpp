// kproof trace CELL: events of a cell's kernel, from the start of its case to its first failure.
#include <algorithm>
#include <memory>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/cli.hpp"
#include "cli/inspect.hpp"
#include "cli/streams.hpp"
#include "cli/which_cell.hpp"
#include "ftrace/near.hpp"
#include "ftrace/probes.hpp"
#include "ftrace/trace_dat.hpp"
#include "report/read_run.hpp"
#include "run/files.hpp"
#include "util/files.hpp"
#include "util/subprocess.hpp"
#include "util/units.hpp"
#include "util/utf8.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

namespace {
struct TraceOptions {
  InspectOptions run;
  std::vector<std::string> events;
  std::string buffer = "4M";
  unsigned level = 0;
  bool with_probes = false;
};
}  // namespace

static constexpr std::size_t kMostProbes = 32;

static std::vector<std::string> split(const std::vector<std::string>& lists) {
  std::vector<std::string> words;
  for (const std::string& list : lists) {
    std::istringstream in(list);
    for (std::string word; std::getline(in, word, ',');)
      if (!word.empty()) words.push_back(word);
  }
  return words;
}

static std::uint64_t buffer_of(const std::string& text) {
  constexpr std::uint64_t kLeast = 64 << 10;
  const auto size = util::parse_size(text);
  if (!size || *size < kLeast)
    throw ConfigError(fmt::format("--buffer {}: no size of 64K or more", text), "4M");
  return *size;
}

// The functions of the traces of a recorded cell's findings at `level`; 0 becomes that of the first
// with a trace.
static std::vector<std::string> probes_of(const CellOfRun& which, unsigned& level) {
  std::vector<std::string> functions;
  for (const model::CellResult& cell : report::read_run(which.run).cells) {
    if (cell.id != which.id) continue;
    for (const model::Finding& finding : cell.findings) {
      const auto of_trace = ftrace::functions_to_probe(finding.excerpt, kMostProbes);
      if (level == 0 && !of_trace.empty()) level = static_cast<unsigned>(finding.level);
      if (finding.level != static_cast<int>(level)) continue;
      for (const std::string& name : of_trace)
        if (std::ranges::find(functions, name) == functions.end()) functions.push_back(name);
    }
  }
  if (functions.empty())
    throw ConfigError(
        fmt::format("{} in {}: no finding has a call trace", which.id, which.run.string()),
        "--rerun-with-probes takes functions from there; name events by --events");
  functions.resize(std::min(functions.size(), kMostProbes));
  return functions;
}

static sweep::Inspection inspection_of(const TraceOptions& options, run::TraceKeeper& keeper) {
  sweep::Inspection inspection{.trace = &keeper, .file = {}, .what = {}};
  unsigned level = options.level;
  inspection.what.events = split(options.events);
  inspection.what.buffer = buffer_of(options.buffer);
  if (options.with_probes && !options.run.plan.empty())
    throw ConfigError("--rerun-with-probes takes the cell of a run directory, and no --plan",
                      "kproof trace kproof-out/RUN/cells/KERNEL/TOPOLOGY/CASE "
                      "--rerun-with-probes");
  if (options.with_probes) inspection.what.probes = probes_of(cell_of_run(options.run.cell), level);
  if (inspection.what.events.empty() && inspection.what.probes.empty())
    throw ConfigError("kproof trace: no events", "--events 'kvm:*,kvmmmu:*'");
  inspection.level = level;
  return inspection;
}

// What this kernel does not have.
static void require_known(const std::optional<agent::Traced>& traced) {
  if (!traced || traced->unknown.empty()) return;
  std::vector<std::string> near;
  for (const std::string& pattern : traced->unknown)
    near.push_back(ftrace::near_events(pattern, traced->known));
  throw ConfigError(fmt::format("this kernel has no event {}", fmt::join(traced->unknown, ", ")),
                    fmt::format("{}", fmt::join(near, "; ")));
}

static int tell_nothing(const InspectedRun& run) {
  tell(
      "no trace: the guest ended, or its agent was gone, before it could be fetched\n"
      "`kproof dump` keeps its memory; `trace` of crash finds the events there\n");
  return code_of_nothing(run);
}

static void tell_trace(const TraceOptions& options, const run::TraceKeeper& keeper,
                       const fs::path& file) {
  const auto stats = ftrace::stats_of(keeper.files());
  std::uint64_t entries = 0;
  for (const ftrace::CpuStats& cpu : stats)
    entries += cpu.entries;
  tell(fmt::format("trace: {} ({}, {}), stopped at: {}\n", file.string(),
                   util::format_size(fs::file_size(file)), util::format_count(entries, "event"),
                   keeper.traced()->stopped));
  for (const ftrace::CpuStats& cpu : stats)
    if (cpu.overrun + cpu.dropped > 0)
      tell(fmt::format("lost: CPU {} has the last {} of {}; more than --buffer {} keeps more\n",
                       cpu.cpu, util::format_count(cpu.entries, "event"),
                       cpu.entries + cpu.overrun + cpu.dropped, options.buffer));
  for (const std::string& problem : keeper.traced()->problems)
    tell(fmt::format("not in it: {}\n", util::printable(problem)));
  tell(fmt::format("read it:   {}{}\n", util::shell_quote({"trace-cmd", "report", file.string()}),
                   util::search_path("trace-cmd").empty() ? "   (apt install trace-cmd)" : ""));
}

static int trace(const TraceOptions& options) {
  run::TraceKeeper keeper;
  const InspectedRun run = run_inspected(options.run, "trace", inspection_of(options, keeper));
  require_known(keeper.traced());
  if (!keeper.traced() || keeper.files().empty() || !run.inspected) return tell_nothing(run);
  const fs::path file = options.run.output.empty()
                            ? run::CellFiles{run.inspected->directory}.trace()
                            : fs::absolute(options.run.output);
  const std::string& release = run.report.cells.front().kernel_release;
  util::write_file_atomically(file, ftrace::trace_dat(keeper.files(), "Linux kproof " + release));
  tell_trace(options, keeper, file);
  return kOk;
}

void add_trace(CommandLine& line) {
  Command command = line.add("trace", "Run a cell with trace events, and fetch them as trace.dat");
  const auto options = std::make_shared<TraceOptions>();
  add_inspect_options(command, options->run,
                      "the file of the trace (default: trace.dat in the cell's directory)");
  command.list("--events", options->events,
               "SYSTEM:EVENT, globs, with commas between them; SYSTEM alone is all of it");
  command.number("--level", options->level,
                 "the guest whose kernel is traced: 1, 2 inside that; 0 is that of the case");
  command.value("--buffer", options->buffer,
                "memory for each CPU; when it is full the oldest events give way");
  command.flag("--rerun-with-probes", options->with_probes,
               "CELL is of a run directory: kprobes at the functions in the call traces of its "
               "findings, with what their arguments' registers hold (system kproof)");
  command.footer(
      "Events are recorded from the start of the case to the first failure: a WARNING, where the "
      "kernel itself stops them; a line `not ok` of the case; some 50 ms behind any other finding; "
      "a hang, if the agent still answers; else the end of the case. Marks in the trace say which. "
      "An oops does not end a kernel that is traced before its events are fetched; a panic does, "
      "and then there is no trace.\n\n"
      "trace.dat is trace-cmd's format, version 6: `trace-cmd report`, kernelshark. The file says "
      "of each CPU what was lost, and so does kproof.\n\n" +
      std::string(kInspectExitCodes));
  command.example("kproof trace mine/l1/kvm/stale_thp --plan my.yaml --events 'kvm:*,kvmmmu:*'",
                  "KVM's events in the guest whose case runs guests");
  command.example("kproof trace k/l2/mm/thp_mprotect --plan nested --level 1 --events kvmmmu",
                  "what L1's KVM does while the case runs in L2");
  command.example("kproof trace kproof-out/RUN/cells/k/l1/mm/dax_1g_uffd --rerun-with-probes",
                  "the functions that a finding came through, with their arguments");
  command.does([options] { return trace(*options); });
}

}  // namespace kproof::cli
