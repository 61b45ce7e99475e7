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
  CHECK(refused({"run", "p", "q"}).has("kproof run has no use for `q`\n"));
  CHECK(refused({"run", "p", "--accel", "x"}).has("kproof run: --accel: x not in {auto,kvm,tcg}"));
}

TEST_CASE("help is help, in either order of the words") {
  const auto help = util::run({.argv = {KPROOF_PROGRAM, "help", "run"}});
  CHECK(help.exit_code == 0);
  CHECK(help.out == util::run({.argv = {KPROOF_PROGRAM, "run", "--help"}}).out);
  CHECK(help.out.find("Usage: kproof run") != std::string::npos);
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
