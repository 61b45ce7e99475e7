// kproof check: does a change make anything worse?
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "cli/cli.hpp"
#include "cli/desk.hpp"
#include "cli/signals.hpp"
#include "cli/streams.hpp"
#include "cli/visit_end.hpp"
#include "desk/change.hpp"
#include "kernel/store.hpp"
#include "report/before_after.hpp"
#include "report/reply.hpp"
#include "report/series.hpp"
#include "series/answer.hpp"
#include "util/error.hpp"
#include "util/subprocess.hpp"
#include "util/text.hpp"

namespace kproof::cli {

struct CheckOptions {
  DeskOptions desk;
  std::vector<std::string> what;
  bool why = false, reply = false;
};

static model::KernelSpec kernel_of(const char* name, const desk::State& state,
                                   const desk::Decision& decision) {
  model::BuildSource build{.tree = {},
                           .patches = state.patches,
                           .config = decision.config,
                           .fragments = decision.fragments,
                           .compiler = ""};
  std::visit([&](const auto& tree) { build.tree = tree; }, state.tree);
  return {.name = name, .label = state.label, .source = build, .place = ""};
}

static desk::Choice choose(const CheckOptions& options, const desk::Change& change) {
  const auto& named = options.desk.run.sweep.filter.cases;
  if (!named.empty()) return desk::choose_named(named);
  return change.bisected.empty() ? desk::choose(change.files) : desk::choose();
}

static void tell_change(const CheckOptions& options, const desk::Change& change,
                        const desk::Choice& choice) {
  tell(fmt::format("before: {}\nafter:  {}\n", change.before.label, change.after.label));
  std::vector<std::string_view> names;
  for (const desk::Chosen& one : choice.cases)
    names.push_back(one.offer->name);
  if (!change.files.empty() && choice.no_case.size() == change.files.size())
    tell("no case of kproof's reaches a file that changed; the usual ones run\n");
  if (options.why)
    tell(desk::explain(choice));
  else
    tell(fmt::format("cases:  {} (--why says why)\n", fmt::join(names, ", ")));
}

static int code_of(const series::Answer& answer, bool interrupted) {
  using enum series::Answer::Word;
  if (answer.word == worse) return kUnexpected;
  if (interrupted) return kInterrupted;
  return answer.word == cannot_tell ? kCannotTell : kOk;
}

// So far as it decides what runs.
static std::string command_of(const CheckOptions& options) {
  std::vector<std::string> words{"kproof", "check"};
  words.insert(words.end(), options.what.begin(), options.what.end());
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {name, value});
  };
  add("--config", options.desk.wishes.config);
  for (const std::string& fragment : options.desk.wishes.fragments)
    add("--fragment", fragment);
  if (options.desk.wishes.add_config) words.emplace_back("--add-config");
  for (const std::string& name : options.desk.run.sweep.filter.cases)
    add("--case", name);
  if (options.desk.repetitions > 1) add("--repeat", std::to_string(options.desk.repetitions));
  return util::shell_quote(words);
}

// All steps of a bisection have one directory, where the cells of the good commit are kept.
static KindOfRun kind_of(const desk::Change& change) {
  if (change.bisected.empty()) return {"check", false};
  return {"bisect-" + change.bisected.substr(0, 12), true};
}

static std::string told(const report::RunReport& report, const series::Answer& answer) {
  const report::Style style = report::style_of(STDOUT_FILENO);
  std::string text;
  for (const std::string& part :
       {report::render_before_after(*report.series, style), report::render_changes(report, style)})
    if (const std::string chomped = util::chomp(part); !chomped.empty()) text += chomped + "\n\n";
  return text + answer.text + "\n";
}

static desk::Change find_change(const CheckOptions& options, const desk::Tree& tree, int stop_fd) {
  const auto say = [](std::string_view line) { tell(fmt::format("{}\n", line)); };
  const auto kernels = std::filesystem::absolute(kernel::default_cache()) / "kernels";
  return desk::find_change(tree, options.what, kernels, say, stop_fd);
}

static int check(CheckOptions& options) {
  run::StopRequest stop;
  const SignalWatch signals(stop);
  DeskOptions& asked = options.desk;
  desk::Tree tree = tree_of(asked);
  tree.built = false;  // both states are built alike, so what lies built there is of no use
  const desk::Change change = find_change(options, tree, stop.fd());
  const desk::Choice choice = choose(options, change);
  const desk::Decision decision = decide(asked, tree);
  use_plan(
      asked, tree, kind_of(change),
      {kernel_of("before", change.before, decision), kernel_of("after", change.after, decision)},
      choice);
  if (printed_plan(asked)) return kOk;
  tell_choice(tree, decision);
  tell_change(options, change, choice);

  asked.run.sweep.series = {{"before", change.before.label, ""}, {"after", change.after.label, ""}};
  const report::RunReport report = run_told(asked.run, stop);
  keep_plan(asked);
  const series::Answer answer = series::answer_of(*report.series);
  if (options.reply)
    fmt::print("{}", report::reply(report, answer, command_of(options)));
  else
    print_outcome(asked.run, told(report, answer));
  return code_of(answer, signals.interrupted() || report.interrupted);
}

// A commit that cannot be judged, whatever the reason, must not be called bad.
static int check_or_skip(CheckOptions& options) {
  try {
    return check(options);
  } catch (const Interrupted&) {
    throw;
  } catch (const Error& error) {
    return complain(error, kCannotTell);
  }
}

void add_check(CommandLine& line) {
  Command command = line.add("check", "Does a change make anything worse? Before and after");
  const auto options = std::make_shared<CheckOptions>();
  command.words("WHAT", options->what,
                "a revision, a range A..B, or files of patches (default: what is not committed; "
                "if all is, the last commit)",
                Need::optional);
  command.flag("--reply", options->reply,
               "print an answer for a mailing list, to be pasted: within 72 columns, with versions "
               "and how to run it again");
  command.flag("--why", options->why, "say which file chose which case");
  add_desk_options(command, options->desk);
  command.footer(
      "kproof builds the kernel before and after the change, in a directory of its own, and runs\n"
      "the cases that reach the files which differ; where none does, the usual ones. What fails\n"
      "before and after is not the change's.\n\n"
      "In a bisection of git's the tree is compared with the oldest good commit, with the usual\n"
      "cases or those of --case.\n\n"
      "Exit code: 0 nothing became worse; 1 something did: a failure, a finding or a flake is "
      "new,\n"
      "a proof is lost, or a time became more; 125 cannot tell: a kernel does not build, no case\n"
      "proved anything on both, a fault of this host, wrong usage; 130 interrupted.");
  command.example("kproof check", "what is not committed, or else the last commit");
  command.example("kproof check v6.12..mine --why", "a branch, and why which cases run");
  command.example("kproof check series.mbox --repeat 7",
                  "patches on the tree as it is, often enough to compare figures");
  command.example("git bisect run kproof check --case kvm/stale_thp",
                  "the first commit that is worse than the good one");
  command.does([options] { return check_or_skip(*options); });
}

}  // namespace kproof::cli
