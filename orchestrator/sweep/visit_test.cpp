#include "sweep/visit.hpp"

#include <doctest/doctest.h>

#include "util/error.hpp"

using namespace kproof;
using namespace kproof::sweep;

static const Visit kCommand{.argv = {"./my-test", "-x"}, .input = true, .directory = "/home/me"};

// Of a cell of so many levels, whose innermost runs mm/some.
static PreparedCell cell_to_visit(std::size_t levels) {
  PreparedCell cell;
  cell.cell.topology = {.name = "t", .levels = std::vector<model::Level>(levels)};
  cell.levels.resize(levels);
  cell.levels.back().program = "mm/some";
  cell.levels.back().argv = {"/cases/mm/some", "--size", "4M"};
  return cell;
}

static run::GuestJob job_for(const PreparedCell& cell, const Visit& visit) {
  run::GuestJob job;
  for (std::size_t i = 0; i < cell.levels.size(); ++i) {
    job.levels.emplace_back();
    job.levels.back().job.argv = {"/cases/mm/some"};
    if (i + 1 < cell.levels.size()) job.levels.back().job.inner.emplace();
  }
  put_visit(job, cell, visit);
  return job;
}

TEST_CASE("a command runs in the place of the case, with the host's files and the case at hand") {
  const run::GuestJob job = job_for(cell_to_visit(1), kCommand);
  const agent::Job& sent = job.levels.at(0).job;
  CHECK(sent.argv == kCommand.argv);
  REQUIRE(sent.visit);
  CHECK(sent.visit->directory == "/home/me");
  CHECK(sent.visit->input);
  CHECK_FALSE(sent.visit->terminal);
  CHECK(sent.environment.back() ==
        std::pair<std::string, std::string>{"KPROOF_CASE",
                                            "chroot /proc/1/root /cases/mm/some --size 4M"});
  REQUIRE(job.guest.shares.size() == 2);
  CHECK(job.guest.shares[0].directory == "/");
  CHECK(job.guest.shares[0].tag == sent.visit->root_tag);
  CHECK(job.guest.shares[1].directory == "/home/me");
  CHECK(job.guest.shares[1].tag == sent.visit->directory_tag);
}

TEST_CASE("nothing of the host may be written to but the directory, and that on request") {
  for (const bool writable : {false, true}) {
    Visit visit = kCommand;
    visit.writable = writable;
    const run::GuestJob job = job_for(cell_to_visit(1), visit);
    CHECK_FALSE(job.guest.shares.at(0).writable);
    CHECK(job.guest.shares.at(1).writable == writable);
    CHECK(job.levels.at(0).job.visit->writable == writable);
  }
}

TEST_CASE("a directory that QEMU's user may not read is not shared") {
  Visit visit = kCommand;
  visit.hidden = true;
  const run::GuestJob job = job_for(cell_to_visit(1), visit);
  CHECK(job.guest.shares.size() == 1);
  CHECK(job.levels.at(0).job.visit->directory == "/");
  CHECK(job.levels.at(0).job.visit->directory_tag == "");
}

TEST_CASE(
    "where the host's files cannot be had, none are shared, and a path is that of the image") {
  PreparedCell cell = cell_to_visit(1);
  cell.no_files = {"CONFIG_9P_FS is not set"};
  const run::GuestJob job = job_for(cell, kCommand);
  CHECK(job.guest.shares.empty());
  CHECK(job.levels[0].job.visit->root_tag == "");
  CHECK(job.levels[0].job.argv.front() == "/home/me/my-test");
  CHECK(job.levels[0].job.environment.back().second == "/cases/mm/some --size 4M");
}

TEST_CASE("a visit of L1 starts no guest inside, and one of L2 goes through L1") {
  const run::GuestJob outer = job_for(cell_to_visit(2), kCommand);
  REQUIRE(outer.levels.size() == 1);
  CHECK_FALSE(outer.levels[0].job.inner);
  Visit visit = kCommand;
  visit.level = 2;
  const run::GuestJob inner = job_for(cell_to_visit(2), visit);
  REQUIRE(inner.levels.size() == 2);
  CHECK(inner.levels[0].job.inner);
  CHECK_FALSE(inner.levels[0].job.visit);
  CHECK(inner.levels[0].job.argv.empty());  // nor a case around
  CHECK(inner.levels[1].job.visit);
  CHECK(inner.visited == 1);
}

TEST_CASE("a visit lasts as long as the user likes, and no longer than its time-out") {
  CHECK(job_for(cell_to_visit(1), kCommand).levels[0].deadlines.test > std::chrono::hours(24));
  Visit visit = kCommand;
  visit.timeout = std::chrono::seconds(30);
  CHECK(job_for(cell_to_visit(1), visit).levels[0].deadlines.test == std::chrono::seconds(30));
}

TEST_CASE("a visited cell demands nothing of a case, and leaves room for others") {
  PreparedCell cell = cell_to_visit(1);
  cell.levels[0].program = kNoCase;
  cell.quiet = true;
  cell.cell.expectation.verdict = model::Verdict::crash;
  const PreparedCell plain = visited(cell, kCommand);
  CHECK(plain.levels[0].program == "");
  CHECK_FALSE(plain.quiet);
  CHECK(plain.cell.expectation.verdict == model::Verdict::pass);
  Visit deep = kCommand;
  deep.level = 2;
  CHECK_THROWS_WITH_AS(visited(cell, deep), "--level 2: topology `t` has 1 level", ConfigError);
}

TEST_CASE(
    "a kernel without 9p is told by its options, or by its modules where these are not known") {
  const auto config = [](const char* text) {
    return Kernel{.config = kernel::Kconfig::parse(text)};
  };
  const char* with = "CONFIG_NET_9P=m\nCONFIG_NET_9P_VIRTIO=m\nCONFIG_9P_FS=m\n";
  CHECK(why_no_files(config(with), {}, {}).empty());
  CHECK(why_no_files(config("CONFIG_NET_9P=m\nCONFIG_NET_9P_VIRTIO=m\n"), {}, {}) ==
        std::vector<std::string>{"CONFIG_9P_FS is not set in the kernel's config"});
  CHECK(why_no_files(Kernel{}, {.missing = {{"9p", ""}}}, {}) ==
        std::vector<std::string>{"the kernel has no module 9p"});
  CHECK(why_no_files(Kernel{}, {}, {}).empty());
  CHECK_FALSE(why_no_terminal(config(with), {}).empty());
}

// A guest in which that happened, as it is left for judgement.
static model::RunOutcome judged(std::optional<model::CaseExit> exit, model::Taint taint) {
  run::GuestRecord record(1);
  record[0].outcome.exit = exit;
  record[0].outcome.taint = taint;
  std::vector<run::Observed> seen(1);
  seen[0].report.subtests = {{.name = "one", .result = model::Subtest::Result::not_ok}};
  leave_out_command(record, seen);
  CHECK(seen[0].report.subtests.empty());
  return record[0].outcome;
}

TEST_CASE("how the command ends is not judged, unless it was killed at its deadline") {
  CHECK_FALSE(judged(model::CaseExit{.exit_code = 7}, {}).exit);
  CHECK_FALSE(judged(model::CaseExit{.signal = 11}, {}).exit);
  const auto late = judged(model::CaseExit{.signal = 9, .timed_out = true}, {}).exit;
  REQUIRE(late);
  CHECK(late->timed_out);
  CHECK(late->signal == 0);
}

TEST_CASE("taint of a report counts, and not that of modules which the command loads") {
  constexpr unsigned long kWarned = 1 << 9, kOutOfTree = 1 << 12, kUnsigned = 1 << 13;
  CHECK(judged({}, {0, kOutOfTree | kUnsigned}).taint->after == 0);
  CHECK(judged({}, {kOutOfTree, kOutOfTree | kWarned}).taint->after == (kOutOfTree | kWarned));
}
