// Help, man pages and completion, of made-up commands and of the program's own.
#include "cli/help.hpp"

#include <sstream>

#include <doctest/doctest.h>

#include "cli/completion.hpp"
#include "util/files.hpp"
#include "util/subprocess.hpp"
#include "util/utf8.hpp"

using namespace kproof;
using namespace kproof::cli;

namespace {
ProgramInfo made_up() {
  const OptionInfo help{.names = {"-h", "--help"}, .help = "this text"};
  const OptionInfo plan{.names = {"PLAN"},
                        .positional = true,
                        .value = "VALUE",
                        .required = true,
                        .help = "the plan"};
  const OptionInfo kernel{
      .names = {"--kernel"}, .value = "VALUE", .repeated = true, .help = "only these"};
  const OptionInfo accel{.names = {"--accel"},
                         .value = "VALUE",
                         .choices = {"auto", "kvm"},
                         .help = "how",
                         .otherwise = "auto"};
  const OptionInfo jobs{.names = {"--jobs"}, .value = "N", .help = "at once"};
  return {.name = "prog",
          .help = "Does things.",
          .version = "prog 1",
          .options = {help},
          .commands = {{.name = "run",
                        .help = "Run a plan",
                        .options = {help, plan, kernel, accel, jobs},
                        .examples = {{"prog run x", "runs it"}},
                        .footer = "One\nparagraph. Exit code: 0 good,\n1 bad."},
                       {.name = "rest", .help = "Rest", .options = {help}}}};
}

std::string at(std::vector<std::string> words) {
  const ValuesOf values = [](const std::string& option, const std::string& plan) {
    if (option == "PLAN") return std::vector<Candidate>{{"quickstart", ""}};
    return std::vector<Candidate>{{plan + "-a", ""}, {plan + "-b", ""}};
  };
  std::string line = to_lines(complete(made_up(), std::move(words), values));
  for (char& c : line)
    if (c == '\n') c = ' ';
  return line;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

std::string said(std::vector<std::string> words) {
  words.insert(words.begin(), KPROOF_PROGRAM);
  return util::run_checked({.argv = words});
}

// The commands, as completion is told of them.
std::vector<std::string> own_commands() {
  std::vector<std::string> names;
  for (const std::string& line : lines_of(said({"__complete", ""})))
    if (const std::string name = line.substr(0, line.find('\t')); name != "help")
      names.push_back(name);
  return names;
}

// What bash would offer, its function called as it calls it.
std::string in_bash(const std::string& words) {
  std::string text = util::run_checked(
      {.argv = {"bash", "--norc", "-c",
                "cd \"$1\"; source \"$2\"; complete -p kproof >/dev/null || exit 1\n"
                "COMP_WORDS=(\"$0\" " +
                    words +
                    "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                    "_kproof; printf '%s\\n' \"${COMPREPLY[@]}\"",
                KPROOF_PROGRAM, KPROOF_SOURCE,
                KPROOF_SOURCE "/orchestrator/cli/completion/kproof.bash"}});
  for (char& c : text)
    if (c == '\n') c = ' ';
  return text;
}
}  // namespace

TEST_CASE("commands, options and values are offered where each may stand") {
  CHECK(at({""}) == "run\tRun a plan rest\tRest help\tAll options of a command ");
  CHECK(at({"re"}) == "rest\tRest ");
  CHECK(at({"-"}) == "-h\tthis text --help\tthis text ");
  CHECK(at({"help", "ru"}) == "run\tRun a plan ");
  CHECK(at({"run", ""}) == "quickstart :files ");
  CHECK(at({"run", "--acc"}) == "--accel\thow ");
  CHECK(at({"run", "--accel", "k"}) == "kvm ");
  CHECK(at({"run", "--jobs", ""}) == "");
  CHECK(at({"nosuch", ""}) == "");
}

TEST_CASE("names come from the plan that the line has, wherever it stands") {
  CHECK(at({"run", "p", "--kernel", ""}) == "p-a p-b ");
  CHECK(at({"run", "--accel", "kvm", "p", "--kernel", "p-b"}) == "p-b ");
  CHECK(at({"run", "--kernel", ""}) == "-a -b ");
  CHECK(at({"run", "p", "--kernel=p-"}) == "--kernel=p-a --kernel=p-b ");
  CHECK(at({"run", "p", "--kernel", "=", "p-a"}) == "p-a ");  // as bash breaks it
  CHECK(at({"run", "p", "--kernel", "="}) == "p-a p-b ");
}

TEST_CASE("names also come from the plan of --plan") {
  ProgramInfo program = made_up();
  program.commands[0].options.push_back({.names = {"--plan"}, .value = "VALUE"});
  const ValuesOf values = [](const std::string& option, const std::string& plan) {
    return std::vector<Candidate>{{option + " of " + plan, ""}};
  };
  const auto offered = complete(program, {"run", "--plan", "p", "--kernel", ""}, values);
  REQUIRE(offered.candidates.size() == 1);
  CHECK(offered.candidates[0].word == "--kernel of p");
}

TEST_CASE("an option that was given is offered again only if it may be repeated") {
  CHECK(at({"run", "--kernel", "x", "--accel", "kvm", "--"}).find("--kernel") != std::string::npos);
  CHECK(at({"run", "--kernel", "x", "--accel", "kvm", "--"}).find("--accel") == std::string::npos);
}

TEST_CASE("help has usage, defaults, examples and exit codes, and so has the man page") {
  const ProgramInfo program = made_up();
  const std::string help = help_of(program, program.commands[0]);
  CHECK(help.find("Usage: prog run [OPTION]... PLAN\n") != std::string::npos);
  CHECK(help.find("--accel auto|kvm  how (default: auto)\n") != std::string::npos);
  CHECK(help.find("\nOne paragraph.\n\nExit code: 0 good, 1 bad.\n") != std::string::npos);
  const std::string page = man_page(program, program.commands[0]);
  CHECK(page.starts_with(".TH PROG\\-RUN 1 "));
  CHECK(page.find(".SH NAME\nprog\\-run \\- run a plan\n") != std::string::npos);
  CHECK(page.find(".SH EXIT STATUS\n.PP\n0 good, 1 bad.\n") != std::string::npos);
  CHECK(page.find(".TP\n.B prog run x\nruns it\n") != std::string::npos);
}

TEST_CASE("every help has an example, and fits in 80 columns") {
  const auto commands = own_commands();
  CHECK(commands.size() >= 10);
  for (const std::string& command : commands) {
    CAPTURE(command);
    const std::string help = said({command, "--help"});
    CHECK(help.find("\nExamples:\n  kproof " + command) != std::string::npos);
    for (const std::string& line : lines_of(help)) {
      CAPTURE(line);
      CHECK(util::display_width(line) <= 80);
    }
  }
  for (const std::string& line : lines_of(said({"--help"})))
    CHECK(util::display_width(line) <= 80);
}

TEST_CASE("there is a man page for each command, and man has nothing to say of any") {
  const util::ScratchDir scratch("kproof-man-");
  said({"__man", scratch.path().string()});
  auto names = own_commands();
  for (std::string& name : names)
    name.insert(0, "kproof-");
  names.emplace_back("kproof");
  for (const std::string& name : names) {
    CAPTURE(name);
    const std::string file = (scratch.path() / (name + ".1")).string();
    const auto checked = util::run({.argv = {"groff", "-man", "-Tutf8", "-ww", "-z", file}});
    CHECK(checked.ok());
    CHECK(checked.err == "");
  }
}

TEST_CASE("bash completes commands, options, and what the plan has") {
  CHECK(in_bash("ana") == "analyze ");
  CHECK(in_bash("run --dump") == "--dump-on-hang ");
  CHECK(in_bash("run --accel k") == "kvm ");
  CHECK(in_bash("run quick").find("quickstart ") != std::string::npos);
  CHECK(in_bash("run ci/plans/quick") == "ci/plans/quickstart.yaml ");
  CHECK(in_bash("run quickstart --kernel ''") == "debian-6.1 debian-6.12 ");
  CHECK(in_bash("plan ci/plans/quickstart.yaml --case mm/dax_1") == "mm/dax_1g_mprotect ");
  CHECK(in_bash("run ci/plans/nested.yaml --topology ''").find("l2") != std::string::npos);
  CHECK(in_bash("run quickstart --kernel '=' debian-6.12") == "debian-6.12 ");
  CHECK(in_bash("exec --plan quickstart debian-6.12").starts_with("debian-6.12 "));
  CHECK(in_bash("shell --plan quickstart --cell debian-6.1/l1/mm/thp") ==
        "debian-6.1/l1/mm/thp_mprotect ");
  CHECK(in_bash("build --source x --fragment lock").find("lockup ") != std::string::npos);
}
