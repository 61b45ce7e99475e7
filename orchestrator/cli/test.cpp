// kproof test, or kproof alone in a kernel's tree: does this kernel behave?
#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/cli.hpp"
#include "cli/desk.hpp"
#include "cli/exit_code.hpp"
#include "cli/signals.hpp"
#include "cli/streams.hpp"
#include "report/summary.hpp"
#include "util/error.hpp"
#include "util/git.hpp"
#include "util/subprocess.hpp"

namespace kproof::cli {
using namespace std::chrono_literals;

// As the user would, with all of his environment; what it says is his.
static void make_in(const std::filesystem::path& root, int stop_fd) {
  const auto jobs = fmt::format("-j{}", ::sysconf(_SC_NPROCESSORS_ONLN));
  const auto made = util::run({.argv = {"make", jobs},
                               .directory = root,
                               .deadline = 24h,
                               .on_output = [](std::string_view text) { tell(text); },
                               .stop_fd = stop_fd});
  util::require_not_stopped(made, "make built " + root.string());
  if (!made.ok()) throw ConfigError(fmt::format("make failed in {}", root.string()));
}

struct TestOptions {
  DeskOptions desk;
  std::string revision;  // "": the files as they are
};

static model::KernelSpec kernel_of(const desk::Tree& tree, const desk::Decision& decision,
                                   const std::string& revision) {
  model::KernelSpec kernel{.name = "mine",
                           .label = fmt::format("{} {}", tree.root.filename().string(),
                                                revision.empty() ? tree.version : revision),
                           .source = model::PathSource{tree.root},
                           .place = ""};
  if (!revision.empty())
    kernel.source = model::BuildSource{.tree = model::GitRevision{tree.root, revision},
                                       .patches = {},
                                       .config = decision.config,
                                       .fragments = decision.fragments,
                                       .compiler = ""};
  else if (!decision.boot_it)
    kernel.source = model::BuildSource{.tree = model::WorkTree{tree.root},
                                       .patches = {},
                                       .config = decision.config,
                                       .fragments = decision.fragments,
                                       .compiler = ""};
  return kernel;
}

// Skips are expected of a kernel whose config its developer chose; all cells skipped are no test.
static int code_of(const report::RunReport& report, bool signalled) {
  const int code = exit_code(report, signalled);
  if (code != kOk || std::ranges::any_of(report.cells, [](const model::CellResult& cell) {
        return cell.judgement.verdict != model::Verdict::skip;
      }))
    return code;
  tell("no case ran, so nothing is known of this kernel; --add-config adds what they need\n");
  return kUnexpected;
}

// A revision is built beside the tree; what lies built there is of the files.
static desk::Tree tree_at(const DeskOptions& options, const std::string& revision) {
  desk::Tree tree = tree_of(options);
  if (revision.empty()) return tree;
  if (options.wishes.in_tree)
    throw ConfigError("--in-tree builds the files as they are",
                      fmt::format("leave it out, or check {} out", revision));
  util::commit_of(tree.root, revision);
  tree.built = false;
  return tree;
}

static int test(TestOptions& asked) {
  DeskOptions& options = asked.desk;
  run::StopRequest stop;
  const SignalWatch signals(stop);
  const desk::Tree tree = tree_at(options, asked.revision);
  const desk::Decision decision = decide(options, tree);
  sweep::SweepOptions& sweep = options.run.sweep;
  use_plan(options, tree, {}, {kernel_of(tree, decision, asked.revision)},
           sweep.filter.cases.empty() ? desk::choose() : desk::choose_named(sweep.filter.cases));
  if (printed_plan(options)) return kOk;
  tell_choice(tree, decision);
  if (decision.make) make_in(tree.root, stop.fd());

  sweep.unbuildable_ends = true;
  const report::RunReport report = run_told(options.run, stop);
  keep_plan(options);
  print_outcome(options.run, report::render_summary(report, report::style_of(STDOUT_FILENO)));
  return code_of(report, signals.interrupted());
}

void add_test(CommandLine& line) {
  Command command = line.add("test", "Test the kernel tree that you stand in, without a plan");
  const auto options = std::make_shared<TestOptions>();
  command.value("REVISION", options->revision,
                "of git: v6.12, HEAD~3 (default: the files as they are, committed or not)");
  command.flag("--in-tree", options->desk.wishes.in_tree,
               "build with `make` in the tree, as you would, and boot that");
  add_desk_options(command, options->desk);
  command.footer(
      "`kproof` alone, in a kernel's source tree, is `kproof test`. A bzImage that is newer than\n"
      "all sources is booted as it is. Else kproof builds the files as they are, committed or "
      "not,\n"
      "in a directory of its own; the tree is only read. It runs the short mm and kvm cases, kvm/\n"
      "with the shadow and with the TDP MMU; --case names others.\n" +
      std::string(kExitCodes));
  command.example("kproof test", "or `kproof` alone: build what must be built, boot it, test it");
  command.example("kproof test v6.12", "a commit of the tree, which stays as it is");
  command.example("kproof test --add-config", "with the options that cases need beside .config's");
  command.example("kproof test --case 'kvm/stale_*' --repeat 3", "some cases, three times each");
  command.example("kproof test --print-plan >my.yaml", "a plan to begin with");
  command.does([options] { return test(*options); });
}

}  // namespace kproof::cli
