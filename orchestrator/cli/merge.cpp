// kproof merge DIR...: the parts of a run, joined.
#include "merge/merge.hpp"

#include <memory>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/cli.hpp"
#include "cli/exit_code.hpp"
#include "cli/history_file.hpp"
#include "cli/plan_notes.hpp"
#include "cli/run_options.hpp"
#include "cli/streams.hpp"
#include "report/summary.hpp"
#include "virt/cpu_models.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

struct MergeOptions {
  std::vector<std::string> directories;
  std::string out, history;
};

static int run_merge(const MergeOptions& options) {
  const fs::path out = fs::absolute(options.out).lexically_normal();
  const merge::Merged merged = merge::merge(options.directories, out, virt::cpu_models);
  const report::RunReport& report = merged.report;
  for (const std::string& line : merged.remarks)
    tell(fmt::format("kproof: note: {}\n", line));
  keep_in_history(options.history, out);
  show_last_goods(options.history, report);
  tell_unmatched(report.plan, report);
  fmt::print("{}\n", report::render_summary(report, report::style_of(STDOUT_FILENO)));
  fmt::print("results: {}\njunit:   {}\npage:    {}\n", (out / "results.json").string(),
             (out / "junit.xml").string(), (out / "report.html").string());
  return exit_code(report, false);
}

void add_merge(CommandLine& line) {
  Command command = line.add("merge", "Join the results of shards or of workers into one report");
  const auto options = std::make_shared<MergeOptions>();
  command.words("DIR", options->directories, "directories that `kproof run --out` has made");
  command.value("--out", options->out, "a new directory, for the results of all", Need::required);
  add_history_file(command, options->history);
  command.footer(
      "What does not belong together is refused: parts of another plan, and a cell that two parts "
      "have with other inputs or another result. Cells without a result are named, and count as "
      "those of a run that was not whole.\n\n" +
      std::string(kExitCodes));
  command.example("kproof merge one two three --out whole",
                  "what `kproof run --shard 1/3 --out one`, and 2/3 and 3/3, have left");
  command.example("kproof merge /shared/run --out whole", "what workers have left");
  command.does([options] { return run_merge(*options); });
}

}  // namespace kproof::cli
