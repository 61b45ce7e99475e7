#include "e2e/support.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <regex>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pugixml.hpp>

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
  CHECK(std::regex_match(reason, std::regex(ending.reason)));
  if (ending.test_within > 0) CHECK(seconds_in(found, "test") <= ending.test_within);
  const bool booted = !found.at("phases").empty();
  if (booted) check_files(run, found);
  const Json own = Json::parse(util::read_file(run.out / "cells" / id / "cell.json"));
  CHECK(own.at("verdict") == found.at("verdict"));
  CHECK(own.at("reason") == found.at("reason"));
}

void check_whole(const Run& run, int exit_code, std::size_t cells) {
  CHECK_FALSE(run.process.timed_out);
  CHECK(run.process.signal == 0);
  CHECK(run.process.exit_code == exit_code);
  REQUIRE_MESSAGE(run.results.is_object(), "no results.json; kproof said: ", run.process.err);
  CHECK(run.results.at("planned") == cells);
  CHECK(run.results.at("cells").size() == cells);
  CHECK(run.results.at("interrupted") == false);
  pugi::xml_document junit;
  CHECK(junit.load_file((run.out / "junit.xml").c_str()));
  CHECK(junit.select_nodes("//testcase[@classname][@name][@time]").size() == cells);
  CHECK(leftovers(run.out) == std::vector<std::string>{});
}

// Of a process that may be gone by now: "" then.
static std::string command_line(const fs::path& process) {
  std::ifstream file(process / "cmdline", std::ios::binary);
  std::string words{std::istreambuf_iterator<char>(file), {}};
  std::replace(words.begin(), words.end(), '\0', ' ');
  return words;
}

static bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

static std::vector<std::string> processes_with(const std::vector<std::string>& marks) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    if (!is_number(entry.path().filename())) continue;
    const std::string line = command_line(entry.path());
    if (std::any_of(marks.begin(), marks.end(),
                    [&](const std::string& mark) { return line.find(mark) != line.npos; }))
      found.push_back(fmt::format("process {}: {}", entry.path().filename().string(), line));
  }
  return found;
}

// Runtime directories (sweep/runtime.hpp) carry their owner's pid in their lock file.
static std::vector<std::string> runtime_directories_of(const std::string& pid) {
  std::vector<std::string> found;
  for (const char* parent : {"/dev/shm", "/tmp"})
    for (const auto& entry : fs::directory_iterator(parent))
      if (entry.path().filename().string().starts_with("kproof-") &&
          util::FileLock::holder(entry.path() / ".runtime.lock") == pid)
        found.push_back("directory " + entry.path().string());
  return found;
}

// Where the cells' domains had the agent's sockets: <source mode='connect' path='...'/>.
static std::vector<std::string> agent_sockets(const fs::path& out) {
  std::vector<std::string> paths;
  if (!fs::exists(out / "cells")) return paths;
  for (const auto& entry : fs::recursive_directory_iterator(out / "cells")) {
    if (entry.path().filename() != "domain.xml") continue;
    const std::string xml = util::read_file(entry.path());
    const std::string before = "mode=\"connect\" path=\"";
    const std::size_t at = xml.find(before);
    if (at == xml.npos) continue;
    const std::size_t begin = at + before.size();
    paths.push_back(xml.substr(begin, xml.find('"', begin) - begin));
  }
  return paths;
}

static std::vector<std::string> sockets_left(const fs::path& out) {
  const std::string listening = util::read_file("/proc/net/unix");
  std::vector<std::string> found;
  for (const std::string& path : agent_sockets(out))
    if (fs::exists(path) || listening.find(path) != listening.npos)
      found.push_back("socket " + path);
  return found;
}

std::vector<std::string> leftovers(const fs::path& out) {
  const std::string pid = util::FileLock::holder(out / ".lock");
  REQUIRE_MESSAGE(is_number(pid), out.string(), " was never the directory of a run");
  std::vector<std::string> found =
      processes_with({fmt::format("guest=kproof-{}-", pid), out.string()});
  for (const auto& more : {runtime_directories_of(pid), sockets_left(out)})
    found.insert(found.end(), more.begin(), more.end());
  return found;
}

}  // namespace kproof::e2e
