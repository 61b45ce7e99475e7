// Histories and comparisons of run directories, as a user asks for them.
#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/json.hpp"
#include "util/files.hpp"
#include "util/subprocess.hpp"

using namespace kproof;
namespace fs = std::filesystem;
using model::Verdict;

namespace {

model::CellResult result(const std::string& test, Verdict verdict, const std::string& started) {
  model::CellResult cell{.id = "k/l1/" + test, .kernel = "k", .topology = "l1", .test = test};
  cell.judgement = {.verdict = verdict,
                    .blame = verdict == Verdict::pass ? model::Blame::none : model::Blame::kernel,
                    .reason = "why",
                    .expected = verdict == Verdict::pass};
  if (verdict == Verdict::fail)
    cell.findings = {{.title = "WARNING in f", .fingerprint = "0011223344556677"}};
  cell.kernel_origin = "linux 6.1";
  cell.started = started;
  return cell;
}

// A history and directories of runs, none of which is the user's.
class Runs {
 public:
  std::string make(int day, const std::vector<std::pair<std::string, Verdict>>& cells) const {
    const std::string started = fmt::format("2026-11-{:02}T03:00:00Z", day);
    report::RunReport report{.started = started, .ended = started};
    report.plan.name = "nightly";
    for (const auto& [test, verdict] : cells)
      report.cells.push_back(result(test, verdict, started));
    report.planned = report.cells.size();
    const fs::path directory = scratch_.path() / fmt::format("run-{:02}", day);
    fs::create_directories(directory);
    util::write_file_atomically(directory / "results.json", report::results_to_json(report));
    return directory;
  }
  util::CommandResult kproof(std::vector<std::string> words) const {
    words.insert(words.begin(), KPROOF_PROGRAM);
    words.insert(words.end(), {"--history", scratch_.path() / "history.sqlite"});
    return util::run({.argv = std::move(words)});
  }
  fs::path path() const { return scratch_.path(); }

 private:
  util::ScratchDir scratch_{"kproof-cli-history-"};
};

bool has(const std::string& text, const std::string& part) {
  CAPTURE(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("old run directories are imported once, listed, and tell the story of a cell") {
  const Runs runs;
  for (int day = 1; day <= 20; ++day)
    runs.make(day, {{"mm/a", day < 12 ? Verdict::pass : Verdict::fail}, {"mm/b", Verdict::pass}});
  const auto imported = runs.kproof({"history", "import", runs.path()});
  CHECK(imported.exit_code == 0);
  CHECK(has(imported.out, "40 cells of 20 runs added"));
  CHECK(has(runs.kproof({"history", "import", runs.path()}).out, "0 cells of 0 runs added"));
  const auto list = runs.kproof({"history"}).out;
  CHECK(std::ranges::count(list, '\n') == 21);
  CHECK(has(list, "nightly, " + (fs::canonical(runs.path()) / "run-01").string()));
  const auto told = runs.kproof({"history", "mm/a"}).out;
  CHECK(has(told, "introduced: finding: WARNING in f [0011223344556677]"));
  CHECK(has(told, "0 of 11 -> 9 of 9, since run 12 of 2026-11-12"));
  CHECK(runs.kproof({"history", "--finding", "0011223344556677"}).out == told);
  const auto json = nlohmann::json::parse(runs.kproof({"history", "*", "--format", "json"}).out);
  CHECK(json.at("stories").size() == 2);
  CHECK(runs.kproof({"history", "--changed"}).out == told);
  CHECK(runs.kproof({"history", "mm/b", "--changed"}).out == "Nothing changed.\n");
}

TEST_CASE("what no run has is told with what there is") {
  const Runs runs;
  const auto none = runs.kproof({"history"});
  CHECK(none.exit_code == 2);
  CHECK(has(none.err, "there is no history "));
  CHECK(has(none.err, "hint: runs make it; `kproof history import DIR...`"));
  runs.kproof({"history", "import", runs.make(1, {{"mm/a", Verdict::pass}})});
  CHECK(has(runs.kproof({"history", "k/l1/mm/b"}).err, "did you mean `k/l1/mm/a`?"));
  CHECK(has(runs.kproof({"history", "--finding", "x"}).err, "no run showed a finding x"));
  CHECK(has(runs.kproof({"history", "import", "/usr/include/CLI"}).err, "holds no run"));
  CHECK(has(runs.kproof({"history", "import"}).err, "which run directories?"));
}

TEST_CASE("a directory that cannot be read is left out, said so, and the others get in") {
  const Runs runs;
  runs.make(1, {{"mm/a", Verdict::pass}});
  util::write_file_atomically(fs::path(runs.make(2, {})) / "results.json", "{");
  const auto imported = runs.kproof({"history", "import", runs.path()});
  CHECK(imported.exit_code == 69);
  CHECK(has(imported.out, "1 cell of 1 run added"));
  CHECK(has(imported.err, "warning: left out: "));
}

TEST_CASE("a run compared with itself says that nothing changed") {
  const Runs runs;
  const auto one = runs.make(1, {{"mm/a", Verdict::fail}, {"mm/b", Verdict::skip}});
  const auto same = runs.kproof({"compare", one, one});
  CHECK(same.exit_code == 0);
  CHECK(has(same.out, "\nNothing changed.\n"));
}

TEST_CASE("two runs are compared by directory or number, and what is worse decides the exit code") {
  const Runs runs;
  const auto a = runs.make(1, {{"mm/a", Verdict::pass}, {"mm/b", Verdict::fail}});
  const auto b = runs.make(2, {{"mm/a", Verdict::fail}, {"mm/b", Verdict::pass}});
  runs.kproof({"history", "import", runs.path()});
  const auto compared = runs.kproof({"compare", a, b});
  CHECK(compared.exit_code == 1);
  CHECK(has(compared.out, "introduced k/l1/mm/a: pass -> fail\n"));
  CHECK(has(compared.out, "fixed k/l1/mm/b: fail -> pass\n"));
  CHECK(has(compared.out, "new: finding: WARNING in f\n"));
  CHECK(runs.kproof({"compare", "1", "2"}).out == compared.out);
  CHECK(has(runs.kproof({"compare", "1", "7"}).err, "has no run 7"));
  CHECK(has(runs.kproof({"compare", a, "/usr/include"}).err, "is no run directory"));
  const auto json = nlohmann::json::parse(runs.kproof({"compare", a, b, "--format", "json"}).out);
  CHECK(json.at("cells").at(0).at("worse") == true);
  CHECK(json.at("cells").at(1).at("change") == "fixed");
  CHECK(
      runs.kproof({"compare", b, runs.make(3, {{"mm/a", Verdict::fail}, {"mm/b", Verdict::pass}})})
          .exit_code == 0);
}
