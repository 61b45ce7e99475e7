#include <algorithm>
#include <csignal>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report/json.hpp"
#include "thin/directory.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::thin;
using model::Blame;
using model::Verdict;
namespace fs = std::filesystem;

namespace {

using Paths = std::set<std::string>;

model::CellResult result(const std::string& name, model::Judgement judgement,
                         unsigned repetition = 1) {
  model::CellResult cell{.id = "k/l1/mm/" + name,
                         .kernel = "k",
                         .topology = "l1",
                         .test = "mm/" + name,
                         .repetition = repetition};
  if (repetition > 1) cell.id += fmt::format("@{}", repetition);
  cell.judgement = std::move(judgement);
  cell.started = "2026-11-01T03:00:00Z";
  return cell;
}

const model::Judgement kPass{Verdict::pass, Blame::none, "ok", true};
const model::Judgement kKnown{Verdict::fail, Blame::kernel, "bad pud", true};
const model::Judgement kBad{Verdict::crash, Blame::kernel, "panic", false};
const model::Judgement kHost{Verdict::broken, Blame::host, "no disk", false};

class Runs {
 public:
  fs::path path() const { return scratch_.path(); }

  fs::path make(const std::string& name, const std::string& ended,
                const std::vector<model::CellResult>& cells, bool interrupted = false) const {
    const fs::path run = path() / name;
    report::RunReport report{.cells = cells,
                             .interrupted = interrupted,
                             .started = "2026-11-01T03:00:00Z",
                             .ended = ended};
    report.plan.name = "p";
    for (const model::CellResult& cell : cells) {
      fill(run / "cells" / cell.id);
      report::write_cell(run / "cells" / cell.id, cell);
    }
    util::write_file_atomically(run / "results.json", report::results_to_json(report));
    for (const char* file : {"junit.xml", "report.html", "manifest.json"})
      util::write_file_atomically(run / file, "x");
    return run;
  }

  static void fill(const fs::path& cell) {
    fs::create_directories(cell);
    for (const char* file : {"console.log", "kmsg.log", "domain.xml"})
      util::write_file_atomically(cell / file, std::string(1000, 'l'));
  }

  Paths files() const {
    Paths found;
    for (const auto& entry : fs::recursive_directory_iterator(path()))
      if (entry.is_regular_file() && entry.path().filename() != ".lock")
        found.insert(fs::relative(entry.path(), path()).string());
    return found;
  }

 private:
  util::ScratchDir scratch_{"kproof-thin-"};
};

Paths cells_in(const std::vector<Choice::Part>& parts) {
  Paths cells;
  for (const Choice::Part& part : parts)
    for (const File& file : part.files)
      cells.insert(part.run.filename().string() + ": " +
                   file.path.parent_path().filename().string());
  return cells;
}

constexpr const char* kAlways = "9999";

}  // namespace

TEST_CASE("logs of expected cells may go, and nothing that an unexpected one needs") {
  const Runs runs;
  const fs::path run =
      runs.make("one", "2026-11-01T04:00:00Z",
                {result("pass", kPass), result("known", kKnown), result("bad", kBad),
                 result("host", kHost), result("flaky", kPass), result("flaky", kBad, 2),
                 result("twice", kPass), result("twice", kPass, 2)});
  Runs::fill(run / "cells/k/l1/mm/pass.attempt-1");
  Runs::fill(run / "cells/k/l1/mm/bad.attempt-1");
  Runs::fill(run / "cells/k/l1/mm/nobody's");
  const Choice choice = choose({look(run)}, {kAlways, 0});
  CHECK(cells_in(choice.parts) ==
        Paths{"one: pass", "one: pass.attempt-1", "one: twice", "one: twice@2", "one: known"});
  for (const Choice::Part& part : choice.parts)
    for (const File& file : part.files)
      CHECK(file.path.filename() != "cell.json");
  CHECK(choice.before - choice.after == 5 * 3000);
}

TEST_CASE("the oldest run goes first, and passing cells of all runs before any that is no pass") {
  const Runs runs;
  std::vector<OldRun> old;
  for (const int day : {3, 1, 2})
    old.push_back(
        look(runs.make(fmt::format("{}", day), fmt::format("2026-11-{:02}T04:00:00Z", day),
                       {result("pass", kPass), result("known", kKnown)})));
  const auto order = [&](std::uint64_t more_than_all, const std::string& before = kAlways) {
    std::uint64_t all = 0;
    for (const OldRun& run : old)
      all += run.bytes;
    std::vector<std::string> names;
    for (const Choice::Part& part : choose(old, {before, all - more_than_all}).parts)
      names.push_back(part.run.filename().string() + " " +
                      part.files.front().path.parent_path().filename().string());
    return names;
  };
  using Names = std::vector<std::string>;
  CHECK(order(0).empty());
  CHECK(order(1) == Names{"1 pass"});
  CHECK(order(3001) == Names{"1 pass", "2 pass"});
  CHECK(order(9001) == Names{"1 pass", "2 pass", "3 pass", "1 known"});
  CHECK(order(9001, "2026-11-03T00:00:00Z") == Names{"1 pass", "2 pass", "1 known", "2 known"});
}

TEST_CASE("a run that did not end is left alone, and so is one that a process works on") {
  const Runs runs;
  const fs::path open = runs.make("open", "2026-11-01T04:00:00Z", {result("pass", kPass)}, true);
  CHECK(choose({look(open)}, {kAlways, 0}).parts.empty());
  const fs::path killed = runs.make("killed", "2026-11-01T04:00:00Z", {result("pass", kPass)});
  fs::remove(killed / "results.json");
  CHECK(choose({look(killed)}, {kAlways, 0}).parts.empty());
  const fs::path busy = runs.make("busy", "2026-11-01T04:00:00Z", {result("pass", kPass)});
  const auto before = runs.files();
  const auto lock = util::FileLock::try_acquire(busy / ".lock");
  const Removed removed = remove(choose({look(busy)}, {kAlways, 0}));
  REQUIRE(removed.refused.size() == 1);
  CHECK(removed.refused[0].find("is in use by process") != std::string::npos);
  CHECK(runs.files() == before);
}

TEST_CASE("links and names in results.json lead nowhere out of the directory") {
  const Runs runs;
  const fs::path elsewhere = runs.path() / "elsewhere";
  Runs::fill(elsewhere);
  model::CellResult hostile = result("pass", kPass);
  hostile.files = {{"console", "../elsewhere/console.log"}};
  const fs::path run = runs.make("one", "2026-11-01T04:00:00Z", {hostile});
  fs::create_directory_symlink(elsewhere, run / "cells/k/l1/mm/pass/link");
  fs::create_symlink(elsewhere / "kmsg.log", run / "cells/k/l1/mm/pass/link.log");
  CHECK(remove(choose({look(run)}, {kAlways, 0})).bytes == 3000);
  CHECK(runs.files().contains("elsewhere/console.log"));
  CHECK(runs.files().contains("elsewhere/kmsg.log"));
}

TEST_CASE("killed in the middle, it has lost nothing that stays, and the next time does the rest") {
  const Runs runs;
  std::vector<model::CellResult> cells{result("bad", kBad)};
  for (int i = 0; i < 10; ++i)
    cells.push_back(result(fmt::format("pass_{}", i), kPass));
  const fs::path run = runs.make("one", "2026-11-01T04:00:00Z", cells);
  const Choice all = choose({look(run)}, {kAlways, 0});
  const std::size_t before = runs.files().size();
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    int count = 0;
    remove(all, [&](const fs::path&) {
      if (++count == 15) ::kill(::getpid(), SIGKILL);
    });
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(runs.files().size() == before - 14);

  const auto all_stay = [&] {
    for (const char* file : {"one/results.json", "one/junit.xml", "one/report.html",
                             "one/manifest.json", "one/cells/k/l1/mm/bad/console.log",
                             "one/cells/k/l1/mm/bad/kmsg.log", "one/cells/k/l1/mm/bad/cell.json"})
      CHECK_MESSAGE(runs.files().contains(file), file);
    for (int i = 0; i < 10; ++i)
      CHECK(runs.files().contains(fmt::format("one/cells/k/l1/mm/pass_{}/cell.json", i)));
  };
  all_stay();
  CHECK(remove(choose({look(run)}, {kAlways, 0})).bytes == 16 * 1000);
  CHECK(runs.files().size() == before - 30);
  all_stay();
  CHECK(choose({look(run)}, {kAlways, 0}).parts.empty());
}

TEST_CASE("what is no run is refused") {
  const Runs runs;
  CHECK_THROWS_AS(look(runs.path()), ConfigError);
}
