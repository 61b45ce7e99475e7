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
    report.plan.file = "plans/nightly.yaml";
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

TEST_CASE("old run directories are imported once, listed, and tell the history of a cell") {
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
  CHECK(json.at("cells").size() == 2);
}

TEST_CASE("what changed in the last nights is a mail, a page and an exit code") {
  const Runs runs;
  for (int day = 1; day <= 20; ++day)
    runs.make(day, {{"mm/a", day < 12 ? Verdict::pass : Verdict::fail}, {"mm/b", Verdict::pass}});
  runs.kproof({"history", "import", runs.path()});
  const auto mail = runs.kproof({"history", "--changed"});
  CHECK(mail.exit_code == 1);
  CHECK(
      has(mail.out, "Nights to 2026-11-20: 1 regression.\n20 nights since 2026-11-01, 2 cells.\n"));
  CHECK(has(mail.out, "REGRESSION: finding: WARNING in f [0011223344556677]\n"));
  CHECK(has(mail.out, "kproof run plans/nightly.yaml --kernel k"));
  const auto other = runs.kproof({"history", "mm/b", "--changed"});
  CHECK(other.exit_code == 0);
  CHECK(has(other.out, "nothing changed"));
  CHECK(has(runs.kproof({"history", "--changed", "--format", "markdown"}).out, "### regression: "));
  const auto page = runs.kproof({"history", "--format", "html", "--nights", "5"});
  CHECK(page.exit_code == 0);
  CHECK(has(page.out, "5 nights, 2026-11-16 to 2026-11-20; 2 cells"));
  const auto json =
      nlohmann::json::parse(runs.kproof({"history", "--changed", "--format", "json"}).out);
  CHECK(json.at("unexpected_and_real") == nlohmann::json{"k/l1/mm/a"});
  CHECK(json.at("events").at(0).at("since") == "2026-11-12");
  CHECK(has(runs.kproof({"history", "--format", "markdown"}).err, "hint: --changed"));
}

TEST_CASE("the page of a run shows what passed before, so far as a history can be read") {
  const Runs runs;
  runs.make(1, {{"mm/a", Verdict::pass}});
  runs.kproof({"history", "import", runs.path()});
  const std::string bad = runs.make(2, {{"mm/a", Verdict::fail}, {"mm/b", Verdict::pass}});
  const auto page = runs.kproof({"report", bad, "--format", "html"});
  CHECK(page.exit_code == 0);
  CHECK(has(page.out, "it passed on 2026-11-01T03:00:00Z, with linux 6.1; its logs are gone"));
  CHECK(page.err.empty());
  util::write_file_atomically(runs.path() / "history.sqlite", std::string(4096, 'x'));
  const auto without = runs.kproof({"report", bad, "--format", "html"});
  CHECK(without.exit_code == 0);
  CHECK(has(without.out, "</html>"));
  CHECK(!has(without.out, "it passed on"));
  CHECK(has(without.err, "kproof: warning: report.html does not show what passed before: "));
}

TEST_CASE("a bisection is no run without cells that all went well") {
  const Runs runs;
  const std::string made = runs.make(1, {});
  const std::string file = made + "/results.json";
  std::string json = util::read_file(file);
  const std::string run = "\"kind\": \"run\"";
  REQUIRE(has(json, run));
  util::write_file_atomically(file,
                              json.replace(json.find(run), run.size(), "\"kind\": \"bisect\""));
  for (const char* format : {"text", "html", "markdown", "kcidb"}) {
    const auto refused = runs.kproof({"report", made, "--format", format});
    CHECK(refused.exit_code == 2);
    CHECK(has(refused.err, "is a bisection (bisect), which has no cells of its own"));
  }
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

TEST_CASE("logs of old runs go, and only when it is no dry run") {
  const Runs runs;
  const fs::path run = runs.make(1, {{"mm/a", Verdict::pass}, {"mm/b", Verdict::fail}});
  for (const char* test : {"mm/a", "mm/b"}) {
    fs::create_directories(run / "cells/k/l1" / test);
    util::write_file_atomically(run / "cells/k/l1" / test / "console.log", std::string(5000, 'x'));
  }
  const auto thin = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {KPROOF_PROGRAM, "thin"});
    return util::run({.argv = std::move(words)});
  };
  const std::string all = runs.path();
  CHECK(has(thin({all}).err, "how old, or how large, may they be?"));
  CHECK(has(thin({all, "--to", "x"}).err, "--to x: that is no size"));
  CHECK(has(thin({"/usr/include/CLI", "--to", "0"}).err, "holds no run"));
  CHECK(has(thin({all, "--to", "0", "--dry-run"}).out, "would remove 1 file (4.9K) of "));
  CHECK(fs::exists(run / "cells/k/l1/mm/a/console.log"));
  const auto done = thin({all, "--to", "0"});
  CHECK(done.exit_code == 0);
  CHECK(has(done.out, "removes 1 file (4.9K) of "));
  CHECK_FALSE(fs::exists(run / "cells/k/l1/mm/a/console.log"));
  CHECK(fs::exists(run / "cells/k/l1/mm/b/console.log"));
  CHECK(thin({all, "--older", "1"}).exit_code == 0);
}

TEST_CASE("a finished run is annotated for GitHub, and as SARIF") {
  const Runs runs;
  const std::string run = runs.make(1, {{"mm/a", Verdict::fail}, {"mm/b", Verdict::pass}});
  const auto report = [&](const std::string& format) {
    return util::run({.argv = {KPROOF_PROGRAM, "report", run, "--format", format}}).out;
  };
  CHECK(report("github").starts_with("::error title=WARNING in f in k/l1/mm/a::"));
  CHECK(nlohmann::json::parse(report("sarif")).at("runs").at(0).at("results").size() == 1);
}
