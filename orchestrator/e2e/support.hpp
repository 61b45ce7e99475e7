// `kproof run` on real guests, as a user runs it, and what it leaves behind.
//
// A run takes its time, so each *_test.cpp runs a plan of many cells once and then looks at them
// one by one. The directories of runs stay for people, below <build>/e2e/.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "util/subprocess.hpp"

namespace kproof::e2e {

using Json = nlohmann::json;

// <build>/e2e/<name>, made anew and empty.
std::filesystem::path fresh_directory(const std::string& name);

// A plan of ours: plans/<name>.yaml.
std::filesystem::path plan(const std::string& name);

struct Run {
  std::filesystem::path out;
  util::CommandResult process;
  util::Millis took{0};
  Json results;  // of results.json; null when there is none
};

// Of a run that would never end: beside other work one takes four times as long as alone.
inline constexpr util::Millis kWholeRun = std::chrono::minutes(30);

// kproof ARGV..., which has its results in `out`; killed after `deadline`.
Run run_kproof(std::vector<std::string> argv, const std::filesystem::path& out,
               util::Millis deadline);

// kproof run PLAN --out OUT MORE...; killed after `deadline`.
Run run_plan(const std::filesystem::path& plan, const std::filesystem::path& out,
             const std::vector<std::string>& more = {}, util::Millis deadline = kWholeRun);

// kproof series --patches PATCHES PLAN --out OUT.
Run run_series(const std::filesystem::path& plan, const std::string& patches,
               const std::filesystem::path& out, util::Millis deadline);

// The cell in results.json; without it the test case ends here.
const Json& cell(const Run& run, const std::string& id);

// Titles of the cell's findings, in their order.
std::vector<std::string> titles(const Json& cell);

// Names of its subtests that were not ok.
std::vector<std::string> failed_subtests(const Json& cell);

// How long the phase lasted, in seconds; 0 when the cell never got there.
double seconds_in(const Json& cell, const std::string& phase);

// One of the cell's files ("console", "kmsg", "ktap", ...); "" when there is none.
std::string read_log(const Run& run, const Json& cell, const std::string& role);

// How a cell must have ended.
struct Ending {
  std::string verdict, blame;
  std::string reason;      // a regex (RE2) for the whole of it
  double test_within = 0;  // seconds at most in phase `test`; 0: any
  // Title, as a regex, of what a detector of the guest's own kernel may say too, if it is faster
  // than kproof: on a slow host time-outs that are far apart come close.
  std::string may_find{};
};
// Behind the reason of a reset without a word, which counts under TCG because it repeats
// (verdict/emulator.hpp).
inline const std::string kRepeated = "(; the same in 3 of [345] attempts)?";
// Checks that, and that each of its logs is where results.json says and cell.json says the same.
void check_ending(const Run& run, const std::string& id, const Ending& ending);

// Checks that nothing was found but what may be (Ending::may_find).
void check_nothing_found(const Json& cell, const std::string& may_find);

// Checks what holds for every run: its exit code, that each cell of the plan has its result,
// junit.xml is well-formed with as many test cases, and nothing is left of the run.
void check_whole(const Run& run, int exit_code, std::size_t cells);

}  // namespace kproof::e2e
