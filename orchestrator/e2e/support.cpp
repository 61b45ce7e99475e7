#include "e2e/support.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pugixml.hpp>
#include <re2/re2.h>

#include "e2e/leftovers.hpp"
#include "util/files.hpp"

namespace kproof::e2e {
namespace fs = std::filesystem;
using std::chrono::steady_clock;

fs::path fresh_directory(const std::string& name) {
  const fs::path directory = fs::path(KPROOF_BUILD_DIR) / "e2e" / name;
  fs::remove_all(directory);
  fs::create_directories(directory);
  return directory;
}

fs::path plan(const std::string& name) {
  return fs::path(KPROOF_TEST_DIR) / "plans" / (name + ".yaml");
}

Run run_kproof(std::vector<std::string> argv, const fs::path& out, util::Millis deadline) {
  argv.insert(argv.begin(), KPROOF_PROGRAM);
  Run run{.out = out};
  const auto began = steady_clock::now();
  run.process = util::run({.argv = argv, .deadline = deadline});
  run.took = std::chrono::duration_cast<util::Millis>(steady_clock::now() - began);
  const fs::path results = out / "results.json";
  if (fs::exists(results)) run.results = Json::parse(util::read_file(results));
  return run;
}

Run run_plan(const fs::path& plan, const fs::path& out, const std::vector<std::string>& more,
             util::Millis deadline) {
  std::vector<std::string> argv{"run", plan.string(), "--out", out.string()};
  argv.insert(argv.end(), more.begin(), more.end());
  return run_kproof(argv, out, deadline);
}

Run run_series(const fs::path& plan, const std::string& patches, const fs::path& out,
               util::Millis deadline) {
  return run_kproof({"series", "--patches", patches, plan.string(), "--out", out.string()}, out,
                    deadline);
}

const Json& cell(const Run& run, const std::string& id) {
  REQUIRE_MESSAGE(run.results.is_object(), "no results.json; kproof said: ", run.process.err);
  const Json& cells = run.results.at("cells");
  const auto found =
      std::find_if(cells.begin(), cells.end(), [&](const Json& c) { return c.at("id") == id; });
  REQUIRE_MESSAGE(found != cells.end(), "results.json has no cell ", id);
  return *found;
}

std::vector<std::string> titles(const Json& cell) {
  std::vector<std::string> titles;
  for (const Json& finding : cell.at("findings"))
    titles.push_back(finding.at("title"));
  return titles;
}

std::vector<std::string> failed_subtests(const Json& cell) {
  std::vector<std::string> names;
  for (const Json& subtest : cell.at("subtests"))
    if (subtest.at("result") == "not ok") names.push_back(subtest.at("name"));
  return names;
}

double seconds_in(const Json& cell, const std::string& phase) {
  double seconds = 0;
  for (const Json& entry : cell.at("phases"))
    if (entry.at("name") == phase) seconds += entry.at("seconds").get<double>();
  return seconds;
}

std::string read_log(const Run& run, const Json& cell, const std::string& role) {
  const Json& files = cell.at("files");
  return files.contains(role) ? util::read_file(run.out / files.at(role).get<std::string>()) : "";
}

void check_nothing_found(const Json& cell, const std::string& may_find) {
  for (const std::string& title : titles(cell))
    CHECK_MESSAGE(RE2::FullMatch(title, may_find), title);
}

static void check_files(const Run& run, const Json& cell) {
  for (const char* role : {"console", "kmsg", "ktap", "stderr", "domain", "qemu"}) {
    CAPTURE(role);
    CHECK(cell.at("files").contains(role));
    if (cell.at("files").contains(role))
      CHECK(fs::is_regular_file(run.out / cell.at("files").at(role).get<std::string>()));
  }
}

void check_ending(const Run& run, const std::string& id, const Ending& ending) {
  CAPTURE(id);
  const Json& found = cell(run, id);
  CHECK(found.at("verdict") == ending.verdict);
  CHECK(found.at("blame") == ending.blame);
  const std::string reason = found.at("reason");
  CAPTURE(reason);
  const std::string also =
      ending.may_find.empty() ? "" : "(; finding: " + ending.may_find + "( \\(L[0-9]\\))?)?";
  CHECK(RE2::FullMatch(reason, ending.reason + also));
  if (ending.test_within > 0) CHECK(seconds_in(found, "test") <= ending.test_within);
  const bool booted = !found.at("phases").empty();
  if (booted) check_files(run, found);
  const Json own = Json::parse(util::read_file(run.out / "cells" / id / "cell.json"));
  CHECK(own.at("verdict") == found.at("verdict"));
  CHECK(own.at("reason") == found.at("reason"));
}

void check_whole(const Run& run, int exit_code, std::size_t cells) {
  INFO("kproof said:\n", run.process.out);
  CHECK_FALSE(run.process.timed_out);
  CHECK(run.process.signal == 0);
  CHECK(run.process.exit_code == exit_code);
  REQUIRE_MESSAGE(run.results.is_object(), "no results.json; kproof said: ", run.process.err);
  CHECK(run.results.at("planned") == cells);
  CHECK(run.results.at("cells").size() == cells);
  CHECK(run.results.at("interrupted") == false);
  pugi::xml_document junit;
  CHECK(junit.load_file((run.out / "junit.xml").c_str()));
  std::size_t tests = cells;
  for (const Json& one : run.results.at("cells"))
    tests += one.at("subtests").size();
  CHECK(junit.select_nodes("//testcase[@classname][@name][@time]").size() == tests);
  const bool red = !junit.select_nodes("//failure | //error").empty();
  CHECK(red == (exit_code != 0));
  CHECK(left_by_run(run.out) == std::vector<std::string>{});
}

}  // namespace kproof::e2e
