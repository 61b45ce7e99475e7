// Parts of a run: shards that are merged, and workers by hand.
#include <set>

#include <doctest/doctest.h>

#include "e2e/support.hpp"
#include "util/files.hpp"

namespace kproof::e2e::guest_shards_test {
namespace fs = std::filesystem;

namespace {

using Endings = std::set<std::string>;

Endings endings_in(const Run& run) {
  REQUIRE_MESSAGE(run.results.is_object(), "no results.json; kproof said: ", run.process.err);
  Endings endings;
  for (const Json& cell : run.results.at("cells"))
    endings.insert(cell.at("id").get<std::string>() + " " + cell.at("verdict").get<std::string>());
  return endings;
}

const fs::path& whole_directory() {
  static const fs::path directory = fresh_directory("shards");
  return directory;
}

Run merge(const std::vector<fs::path>& parts, const char* name) {
  const fs::path out = whole_directory() / name;
  fs::remove_all(out);
  std::vector<std::string> argv{"merge"};
  for (const fs::path& part : parts)
    argv.push_back(part.string());
  argv.insert(argv.end(), {"--out", out.string()});
  return run_kproof(argv, out, kWholeRun);
}

const Endings kWhole{"debian-6.1/l1/mm/thp_mprotect pass",
                     "debian-6.1/l1/mm/hugetlb_2m_mprotect pass"};

}  // namespace

TEST_CASE("two shards are merged into what one run would say") {
  std::vector<fs::path> parts;
  for (const char* shard : {"1/2", "2/2"}) {
    parts.push_back(whole_directory() / std::string(1, shard[0]));
    const Run run = run_plan(plan("shards"), parts.back(), {"--shard", shard});
    CHECK_MESSAGE(run.process.exit_code == 0, run.process.err);
    CHECK(endings_in(run).size() == 1);
    CHECK(run.results.at("shard").at("of") == 2);
  }
  const Run whole = merge(parts, "whole");
  CHECK_MESSAGE(whole.process.exit_code == 0, whole.process.err);
  CHECK(endings_in(whole) == kWhole);
  CHECK(whole.results.at("parts").size() == 2);
  const Run half = merge({parts[0]}, "half");
  CHECK(half.process.exit_code == 1);
  CHECK(half.process.err.find("1 cell of the plan without a result") != std::string::npos);
  // What was merged is a run directory as any other: nothing runs again.
  const Run again = run_plan(plan("shards"), whole.out);
  CHECK(again.results.at("counts").at("reused") == 2);
}

TEST_CASE("workers that are started by hand run all cells, each once") {
  const fs::path shared = whole_directory() / "shared";
  const Run prepared = run_kproof(
      {"run", "--on", "slurm", "--prepare", plan("shards").string(), "--out", shared.string()},
      shared, kWholeRun);
  REQUIRE_MESSAGE(prepared.process.exit_code == 0, prepared.process.err);
  const auto work = [&](const std::vector<std::string>& more) {
    std::vector<std::string> argv{"worker", shared.string()};
    argv.insert(argv.end(), more.begin(), more.end());
    return run_kproof(argv, shared, kWholeRun).process;
  };
  const auto early = work({});
  CHECK(early.exit_code != 0);  // there are no kernels yet
  CHECK(work({"--kernels"}).exit_code == 0);
  const auto worker = work({});
  CHECK_MESSAGE(worker.exit_code == 0, worker.err);
  CHECK(worker.err.find("no cell is left") != std::string::npos);
  const Run whole = merge({shared}, "by-hand");
  CHECK_MESSAGE(whole.process.exit_code == 0, whole.process.err);
  CHECK(endings_in(whole) == kWhole);
}

}  // namespace kproof::e2e::guest_shards_test
