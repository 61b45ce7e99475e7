// The command line as a user gets it wrong.
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "util/files.hpp"
#include "util/subprocess.hpp"

using namespace kproof;

namespace {
struct Said {
  std::string text;
  bool has(const std::string& part) const { return text.find(part) != std::string::npos; }
};
}  // namespace

static Said refused(std::vector<std::string> words) {
  words.insert(words.begin(), KPROOF_PROGRAM);
  const auto result = util::run({.argv = words});
  CHECK(result.exit_code == 2);
  CHECK(result.out == "");
  CHECK(result.err.starts_with("kproof: error: "));
  return {result.err};
}

TEST_CASE("a command or an option that is misspelt is told with the nearest one") {
  CHECK(refused({"rum"}).has("kproof has no command `rum`\n  hint: did you mean `run`?"));
  CHECK(refused({"--versoin"}).has("kproof has no option --versoin\n  hint: did you mean `--ver"));
  CHECK(refused({"help", "rum"}).has("kproof has no command `rum`\n  hint: did you mean `run`?"));
  CHECK(refused({"run", "p", "--casee", "x"}).has("kproof run has no option --casee\n"));
  CHECK(refused({"run", "p", "--casee", "x"}).has("did you mean `--case`?"));
}

TEST_CASE("what is missing, too much or no such word is told with the next step") {
  CHECK(refused({}).has("hint: known commands: run, plan, build"));
  CHECK(refused({"run"}).has("kproof run: PLAN is required\n  hint: `kproof run --help`"));
  CHECK(refused({"run", "p", "q"}).has("there is no kernel p\n  hint: v6.12 (a tag), debian:6.12"));
  CHECK(refused({"run", "debian:6.1", "p.yaml"}).has("p.yaml is a plan, and no kernel"));
  CHECK(refused({"doctor", "q"}).has("kproof doctor has no use for `q`\n"));
  CHECK(refused({"run", "p", "--accel", "x"}).has("kproof run: --accel: x not in {auto,kvm,tcg}"));
}

TEST_CASE("check is never bad to git bisect because of how it was called or where") {
  for (const char* word : {"--nope", "HEAD"}) {
    const auto result = util::run({.argv = {KPROOF_PROGRAM, "check", word}, .directory = "/"});
    CAPTURE(result.err);
    CHECK(result.exit_code == 125);
    CHECK(result.err.starts_with("kproof: error: "));
  }
}

TEST_CASE("where there is no source tree, test says so, and kproof alone its commands") {
  const auto test = util::run({.argv = {KPROOF_PROGRAM, "test"}, .directory = "/"});
  CHECK(test.exit_code == 2);
  CHECK(test.err.find("this directory is in no kernel source tree\n  hint: go to one") !=
        std::string::npos);
  CHECK(util::run({.argv = {KPROOF_PROGRAM}, .directory = "/"}).exit_code == 2);
}

TEST_CASE("in a source tree a plan is printed for what is there, and nothing runs") {
  const util::ScratchDir scratch("kproof-cli-");
  for (const char* file : {"Makefile", "Kconfig", "arch/x86/Kconfig"}) {
    std::filesystem::create_directories((scratch.path() / file).parent_path());
    util::write_file_atomically(scratch.path() / file, "");
  }
  const auto test = [&] {
    return util::run({.argv = {KPROOF_PROGRAM, "test", "--print-plan", "--config", "x"},
                      .directory = scratch.path() / "arch"});
  };
  CHECK(test().err.starts_with("kproof: error: there is no config " +
                               (scratch.path() / "arch/x").string()));
  util::write_file_atomically(scratch.path() / "arch/x", "CONFIG_64BIT=y\n");
  const auto plan = test();
  CHECK(plan.exit_code == 0);
  CHECK(plan.out.find("\"config\":\"" + (scratch.path() / "arch/x").string() + "\"") !=
        std::string::npos);
  CHECK(std::distance(std::filesystem::directory_iterator(scratch.path()), {}) == 3);
}

TEST_CASE("options that say different things are refused together") {
  const auto gdb = util::run({.argv = {KPROOF_PROGRAM, "gdb", "--level", "1", "--from-outside"}});
  CHECK(gdb.exit_code == 2);
  CHECK(gdb.err.find("--level excludes --from-outside") != std::string::npos);
}

TEST_CASE("help is help, in either order of the words") {
  const auto help = util::run({.argv = {KPROOF_PROGRAM, "help", "run"}});
  CHECK(help.exit_code == 0);
  CHECK(help.out == util::run({.argv = {KPROOF_PROGRAM, "run", "--help"}}).out);
  CHECK(help.out.find("Usage: kproof run [OPTION]... [PLAN...]\n") != std::string::npos);
}

TEST_CASE("a plan with a matrix tells machines its axes, its coverage and its cells") {
  const util::ScratchDir scratch("kproof-cli-");
  const std::string plan = scratch.path() / "plan.yaml";
  util::write_file_atomically(
      plan,
      "schema: 1\nkernels: { a: { path: /x }, b: { path: /y } }\n"
      "matrix: { axes: { mmu: [tdp, shadow], vcpus: [1, 2] }, cover: pairwise,"
      " exclude: [{ mmu: tdp, vcpus: 2 }] }\ncases: [selftest/pass]\n");
  const auto result = util::run({.argv = {KPROOF_PROGRAM, "plan", plan, "--format", "json"}});
  const auto json = nlohmann::json::parse(result.out);
  const auto& matrix = json.at("matrix");
  CHECK(matrix.at("pairs").at("covered") == matrix.at("pairs").at("valid"));
  CHECK(matrix.at("excluded").at(0).at("what") == "mmu: tdp, vcpus: 2");
  CHECK(matrix.at("excluded").at(0).at("combinations") == 2);
  CHECK(json.at("cells").size() == matrix.at("combinations").at("chosen"));
  CHECK(json.at("cells").at(0).at("axes").at("kernel") == "a");
}

TEST_CASE("errors that nobody can be told change no exit code") {
  for (const char* redirection : {"2>/dev/full", "2>&-"})
    CHECK(util::run({.argv = {"sh", "-c", std::string("\"$0\" plan /nonexistent ") + redirection,
                              KPROOF_PROGRAM}})
              .exit_code == 2);
}

TEST_CASE("what an error quotes does not steer the terminal, and a plan counts what it lists") {
  const util::ScratchDir scratch("kproof-cli-");
  const std::string plan = scratch.path() / "plan.yaml";
  util::write_file_atomically(plan, "\x1b[2Jx\n");
  CHECK_FALSE(refused({"plan", plan}).has("\x1b"));
  util::write_file_atomically(plan,
                              "schema: 1\nkernels: { a: { path: /x }, b: { path: /y } }\n"
                              "cases: [selftest/pass]\n");
  const auto one = util::run({.argv = {KPROOF_PROGRAM, "plan", plan, "--kernel", "b"}});
  CHECK(one.out.find("\n1 cell: 1 kernel, 1 topology, 1 repetition\n") != std::string::npos);
}

TEST_CASE("cases and topologies are listed with what each needs, for people and for machines") {
  const auto said = [](std::vector<std::string> words) {
    words.insert(words.begin(), KPROOF_PROGRAM);
    return util::run_checked({.argv = words});
  };
  const std::string dax = said({"cases", "mm/dax_1g_mprotect"});
  CHECK(dax.starts_with("mm/dax_1g_mprotect\n"));
  CHECK(dax.find(" of NVDIMM") != std::string::npos);
  const auto cases = nlohmann::json::parse(said({"cases", "mm/*", "--format", "json"})).at("cases");
  CHECK(cases.size() >= 5);
  CHECK(cases.at(0).at("needs").contains("nvdimm"));
  CHECK(refused({"cases", "mm/dax_1g_mprotct"}).has("did you mean `mm/dax_1g_mprotect`?"));

  CHECK(said({"topologies", "nested"}).find("L2: ") != std::string::npos);
  const auto all = nlohmann::json::parse(said({"topologies", "--format", "json"}));
  CHECK(all.at("topologies").size() > 3);
}

TEST_CASE("a plan that comes with kproof is named without a path, unless a file is called so") {
  const util::ScratchDir scratch("kproof-cli-");
  const auto plan = [&](const char* name) {
    return util::run(
        {.argv = {KPROOF_PROGRAM, "plan", name, "--format", "json"}, .directory = scratch.path()});
  };
  CHECK(nlohmann::json::parse(plan("quickstart").out).at("plan") == "quickstart");
  CHECK(plan("quickstrat").err.find("did you mean `quickstart`?") != std::string::npos);
  util::write_file_atomically(scratch.path() / "quickstart",
                              "schema: 1\nname: mine\nkernels: { a: { path: /x } }\n"
                              "cases: [selftest/pass]\n");
  CHECK(nlohmann::json::parse(plan("quickstart").out).at("plan") == "mine");
}

TEST_CASE("a plan's estimate counts its cells and says what it is by") {
  const auto json = nlohmann::json::parse(
      util::run_checked({.argv = {KPROOF_PROGRAM, "plan", "quickstart", "--format", "json"}}));
  const auto& cells = json.at("estimate").at("cells");
  CHECK(cells.at("count") == json.at("cells").size());
  CHECK(cells.at("measured") <= cells.at("count"));
  CHECK(cells.at("seconds") > 0);
}

TEST_CASE("a cache is shown as a table and as JSON, and what is to go is said before") {
  const util::ScratchDir scratch("kproof-cli-");
  const auto built = scratch.path() / "kernels/built/abc";
  std::filesystem::create_directories(built);
  util::write_file_atomically(built / "origin", "linux 6.1, tinyconfig\n");
  const auto cache = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {KPROOF_PROGRAM, "cache"});
    return util::run({.argv = words, .environment = {{"KPROOF_CACHE", scratch.path().string()}}});
  };
  CHECK(cache({}).out.find("linux 6.1, tinyconfig ") != std::string::npos);
  const auto json = nlohmann::json::parse(cache({"kernel", "--format", "json"}).out);
  CHECK(json.at("entries").at(0).at("path") == built.string());
  CHECK(cache({"--clear", "--dry-run"}).out.starts_with("would remove " + built.string()));
  CHECK(std::filesystem::exists(built));
  CHECK(cache({"--prune", "--to", "nothing"}).exit_code == 2);
  CHECK(cache({"--prune", "--clear"}).exit_code == 2);
  CHECK(cache({"--clear", "build"}).exit_code == 0);
  CHECK(std::filesystem::exists(built));
  CHECK(cache({"--clear"}).exit_code == 0);
  CHECK_FALSE(std::filesystem::exists(built));
}

TEST_CASE("in a job of GitHub Actions a mistake is an annotation at its line of the plan, too") {
  const util::ScratchDir scratch("kproof-usage-");
  const auto plan = scratch.path() / "bad.yaml";
  util::write_file_atomically(plan, "schema: 1\nkernels:\n  a: { packge: x }\ncases: [mm/*]\n");
  const auto said = [&](const std::string& actions) {
    return util::run({.argv = {KPROOF_PROGRAM, "plan", plan.string()},
                      .environment = {{"GITHUB_ACTIONS", actions}}})
        .err;
  };
  const std::string command = "::error file=" + plan.string() + ",line=3,col=8,title=kproof::";
  CHECK(said("true").find(command) != std::string::npos);
  CHECK(said("false").find("::error") == std::string::npos);
}

TEST_CASE("a guest for a command that is none is told with the next step") {
  CHECK(refused({"exec", "nosuch", "--", "true"})
            .has("there is no kernel nosuch\n  hint: v6.12 (a tag)"));
  CHECK(refused({"exec", "my.yaml", "--", "true"}).has("KERNEL --plan my.yaml"));
  CHECK(refused({"exec", "/"}).has("kproof exec: no command\n"));
  CHECK(refused({"exec", "/", "--topology", "l1", "--", "x"}).has("name that with --plan"));
  CHECK(refused({"exec", "linux-image-x", "--timeout", "5", "--", "x"}).has("30s, 5m or 2h"));
  CHECK(refused({"exec", "--plan", "quickstart", "--cell", "a/b/c", "--", "x"}).has("a/b/c"));
  CHECK(refused({"exec", "debian-6.1", "--plan", "nested", "--", "x"}).has("--topology"));
  CHECK(refused({"exec", "debian-6.1", "--plan", "quickstart", "--level", "2", "--", "x"})
            .has("--level 2: topology `l1` has 1 level"));
  CHECK(refused({"shell", "/"}).has("kproof exec KERNEL -- COMMAND"));
}
