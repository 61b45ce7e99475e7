// Nothing outlives kproof, however it ends, and what was finished stays finished.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>

#include "e2e/host_support.hpp"

namespace kproof::e2e::host::lifetime_test {
namespace fs = std::filesystem;

// A boot under TCG on a loaded machine.
static constexpr seconds kBoot{120};
// A guest that kproof must stop, and libvirt must notice.
static constexpr seconds kOrderly{20};
// From kill -9 to the end of the last process.
static constexpr seconds kGone{5};

namespace {
// A run of host_two: its first cell is finished, its second one is in its test.
class Disturbed {
 public:
  Disturbed()
      : scratch_("kproof-e2e-"),
        out(scratch_.path() / "out"),
        program({command({"run", plan("two"), "--out", out, "-v"})}) {
    REQUIRE_MESSAGE(program.says("k/l1/selftest/pass: pass (1 skipped) in", kBoot), program.err());
    REQUIRE_MESSAGE(program.says("k/l1/selftest/never_ends: test", kBoot), program.err());
    REQUIRE_FALSE(guests_of(program.pid()).empty());
  }
  bool gone() const {
    return becomes_true(kGone, [&] { return left_by(program.pid(), out).empty(); });
  }

 private:
  util::ScratchDir scratch_;

 public:
  const fs::path out;
  Program program;
};
}  // namespace

static bool finished(const fs::path& out, const std::string& cell) {
  return fs::exists(out / "cells" / cell / "cell.json");
}

TEST_CASE("Ctrl-C ends the run in order, and the same command finishes the missing cells only") {
  Disturbed run;
  run.program.signal(SIGINT);
  const Ended ended = run.program.wait(kOrderly);
  CAPTURE(ended.err);
  CHECK(ended.code == 130);
  CHECK(ended.err.find("stopping; what is finished is kept") != std::string::npos);
  CHECK(left_by(run.program.pid(), run.out).empty());
  const Json results = results_in(run.out);
  REQUIRE(results.is_object());
  CHECK(results.at("interrupted") == true);
  CHECK(results.at("planned") == 2);
  REQUIRE(results.at("cells").size() == 1);
  CHECK(results.at("cells").at(0).at("id") == "k/l1/selftest/pass");

  const Ended again = run_kproof({"run", plan("two"), "--out", run.out});
  CAPTURE(again.err);
  CHECK(again.code == 0);
  CHECK(again.err.find("k/l1/selftest/pass: pass (1 skipped), kept from an earlier run") !=
        std::string::npos);
  CHECK(again.err.find("k/l1/selftest/never_ends: hang") != std::string::npos);
  const Json resumed = results_in(run.out);
  CHECK(resumed.at("interrupted") == false);
  CHECK(resumed.at("cells").size() == 2);
}

TEST_CASE("Ctrl-C twice ends the run at once and leaves no guest") {
  Disturbed run;
  run.program.signal(SIGINT);
  REQUIRE(run.program.says("Once more to stop at once", seconds(5)));
  run.program.signal(SIGINT);
  CHECK(run.program.wait(seconds(4)).code == 130);
  CHECK(run.gone());
  CHECK(finished(run.out, "k/l1/selftest/pass"));
}

TEST_CASE("SIGTERM ends the run in order") {
  Disturbed run;
  run.program.signal(SIGTERM);
  CHECK(run.program.wait(kOrderly).code == 130);
  CHECK(left_by(run.program.pid(), run.out).empty());
  CHECK(results_in(run.out).at("interrupted") == true);
}

TEST_CASE("kill -9 takes the guest with it, and the next run keeps what was finished") {
  Disturbed run;
  run.program.signal(SIGKILL);
  CHECK(run.program.wait(seconds(5)).signal == SIGKILL);
  CHECK_MESSAGE(run.gone(),
                fmt::format("{}", fmt::join(left_by(run.program.pid(), run.out), "\n")));
  CHECK(finished(run.out, "k/l1/selftest/pass"));
  CHECK_FALSE(finished(run.out, "k/l1/selftest/never_ends"));
  CHECK(results_in(run.out).is_null());

  const Ended again = run_kproof({"run", plan("two"), "--out", run.out});
  CAPTURE(again.err);
  CHECK(again.code == 0);
  CHECK(again.err.find("k/l1/selftest/pass: pass (1 skipped), kept from an earlier run") !=
        std::string::npos);
  CHECK(results_in(run.out).at("cells").size() == 2);
}

TEST_CASE("kill -9 while the guest is being started leaves nothing") {
  for (const int delay_ms : {0, 30, 100, 250, 400}) {
    CAPTURE(delay_ms);
    const util::ScratchDir scratch("kproof-e2e-");
    const fs::path out = scratch.path() / "out";
    Program program({command({"run", plan("one"), "--out", out, "-v"})});
    REQUIRE(program.says("k/l1/selftest/pass: start", kBoot));
    // Not to synchronise: each moment of a start is a moment to be killed in.
    becomes_true(milliseconds(delay_ms), [] { return false; });
    program.signal(SIGKILL);
    program.wait(seconds(5));
    CHECK(becomes_true(kGone, [&] { return left_by(program.pid(), out).empty(); }));
    CHECK_FALSE(finished(out, "k/l1/selftest/pass"));
  }
}

// The FIFO into a hung guest's console (sweep/run_cell.cpp) is there while its diagnosis runs.
static bool diagnosis_runs(pid_t kproof) {
  for (const auto& entry : fs::directory_iterator("/dev/shm")) {
    if (util::FileLock::holder(entry.path() / ".runtime.lock") != std::to_string(kproof)) continue;
    for (const auto& file : fs::directory_iterator(entry.path()))
      if (file.path().filename().string().starts_with("keys-")) return true;
  }
  return false;
}

TEST_CASE("a run that is ended while it looks at a hung guest leaves nothing") {
  for (const int signal : {SIGINT, SIGKILL}) {
    CAPTURE(signal);
    const util::ScratchDir scratch("kproof-e2e-");
    const fs::path out = scratch.path() / "out";
    Program program({command({"run", plan("hang"), "--out", out, "-v"})});
    REQUIRE_MESSAGE(becomes_true(kBoot, [&] { return diagnosis_runs(program.pid()); }),
                    program.err());
    program.signal(signal);
    const Ended ended = program.wait(seconds(10));
    CHECK((signal == SIGINT ? ended.code == 130 : ended.signal == SIGKILL));
    CHECK(becomes_true(kGone, [&] { return left_by(program.pid(), out).empty(); }));
    CHECK_FALSE(finished(out, "k/l1/selftest/irqs_off"));
  }
}

// libvirt starts every QEMU of the host once, and keeps what they said in the cache.
TEST_CASE("kill -9 while libvirt asks QEMU what it can do leaves nothing") {
  const util::ScratchDir scratch("kproof-e2e-");
  const fs::path out = scratch.path() / "out", cache = scratch.path() / "cache";
  fs::create_directory(cache);
  fs::create_directory_symlink(usual_cache() / "kernels", cache / "kernels");
  Program program({command({"run", plan("one"), "--out", out}), {{"KPROOF_CACHE", cache}}});
  const auto asked = [] { return !processes_with("/qmp.monitor,server=on").empty(); };
  REQUIRE_MESSAGE(becomes_true(kBoot, asked), program.err());
  program.signal(SIGKILL);
  program.wait(seconds(5));
  CHECK(becomes_true(kGone, [&] { return left_by(program.pid(), out).empty(); }));
  CHECK(becomes_true(kGone, [&] { return !asked(); }));
}

}  // namespace kproof::e2e::host::lifetime_test
