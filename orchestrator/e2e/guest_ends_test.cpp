// What a guest can do wrong while a case runs: plans/guests.yaml on 6.1, and on 6.12 what its
// kernel does differently.
#include <doctest/doctest.h>

#include "e2e/support.hpp"

namespace kproof::e2e::guest_ends_test {
using Titles = std::vector<std::string>;

static const std::string kOld = "debian-6.1", kNew = "debian-6.12";

static const Run& run_of(const std::string& kernel) {
  static const Run old =
      run_plan(plan("guests"), fresh_directory("guests-6.1"), {"--kernel", kOld});
  if (kernel == kOld) return old;
  static const Run recent = run_plan(
      plan("guests"), fresh_directory("guests-6.12"),
      {"--kernel", kNew, "--case", "selftest/kernel_hang", "--case", "selftest/kernel_sleeps",
       "--case", "selftest/kernel_panic", "--case", "selftest/hung_task"});
  return recent;
}

static const Json& ends(const std::string& kernel, const std::string& name, const Ending& ending,
                        const Titles& found = {}) {
  const std::string id = kernel + "/l1/selftest/" + name;
  check_ending(run_of(kernel), id, ending);
  CHECK(titles(cell(run_of(kernel), id)) == found);
  return cell(run_of(kernel), id);
}

TEST_CASE("a run of guests that end badly ends whole and leaves nothing running") {
  check_whole(run_of(kOld), 1, 13);  // crashes, though a port that told nonsense is broken
  check_whole(run_of(kNew), 1, 4);
}

TEST_CASE("a panic during a case is a crash with the panic as its finding") {
  for (const std::string& kernel : {kOld, kNew}) {
    const Json& panicked = ends(
        kernel, "kernel_panic",
        {"crash", "kernel", "the kernel panicked in phase test; finding: kernel panic: .*", 15},
        {"kernel panic: sysrq triggered crash"});
    CHECK(panicked.at("findings")[0].at("panicked") == true);
    CHECK(panicked.at("findings")[0].at("source") == "console");
  }
}

// After the silence the diagnosis takes what time it needs, at most a minute under TCG.
TEST_CASE("a guest that goes silent is a hang after the silence that the plan allows") {
  const std::string reason = "the guest was silent for (9|1[0-4])\\.[0-9]s in phase test: ";
  for (const std::string& kernel : {kOld, kNew}) {
    const Json& busy =
        ends(kernel, "kernel_hang",
             {"hang", "kernel",
              reason + "interrupts are on and the agent does not run: CPU 0 runs user code, [2-5] "
                       "of 5 times; the kernel answers sysrq",
              80});
    const Json& idle =
        ends(kernel, "kernel_sleeps",
             {"hang", "kernel", reason + "every CPU is idle; the kernel .*sysrq", 80});
    for (const Json* silent : {&busy, &idle})
      CHECK(seconds_in(*silent, "test") >= 9);
    CHECK(read_log(run_of(kernel), busy, "hang").find("NMI backtrace for cpu 0") !=
          std::string::npos);
  }
}

TEST_CASE("an agent that is stopped is a guest that says nothing") {
  ends(kOld, "stops_agent",
       {"hang", "kernel",
        "the guest was silent for (9|1[0-4])\\.[0-9]s in phase test: every CPU is idle; the kernel "
        "answers sysrq",
        80});
}

TEST_CASE("an agent that is killed takes its kernel down, which is a crash") {
  ends(kOld, "kills_agent",
       {"crash", "kernel", "the kernel panicked in phase test; finding: .*", 15},
       {"kernel panic: Attempted to kill init!"});
}

TEST_CASE("a reboot that nobody asked for is a crash") {
  ends(kOld, "reboots", {"crash", "kernel", "the guest was reset in phase test, unasked", 15});
}

TEST_CASE("a triple fault in the power-off path is a crash, though the agent said bye") {
  ends(kOld, "faults_at_poweroff",
       {"crash", "kernel", "the guest was reset in phase poweroff, unasked" + kRepeated});
}

TEST_CASE("so is a reset behind bye without any trace, of a case that would have passed") {
  const std::string id = kOld + "/reset/selftest/pass";
  check_ending(run_of(kOld), id,
               {"crash", "kernel", "the guest was reset in phase poweroff, unasked" + kRepeated});
  CHECK(titles(cell(run_of(kOld), id)) == Titles{});
}

TEST_CASE("a guest that powers off by itself in the middle of a case fails") {
  ends(kOld, "powers_off", {"fail", "test", "the guest powered off by itself in phase test", 15});
}

TEST_CASE("a problem that the kernel reports fails a case that says ok") {
  for (const std::string& kernel : {kOld, kNew}) {
    const Json& hung =
        ends(kernel, "hung_task", {"fail", "kernel", "finding: INFO: task hung in pipe_read"},
             {"INFO: task hung in pipe_read"});
    CHECK(hung.at("findings")[0].at("frame") == "pipe_read");
    CHECK(failed_subtests(hung) == Titles{});
  }
}

TEST_CASE("a taint that grows while a case runs fails it, though nothing was printed") {
  ends(kOld, "taints", {"fail", "kernel", "the kernel's taint grew: W .*"});
}

TEST_CASE("an agent that loses its port says so on the console, and the cell is broken") {
  ends(kOld, "closes_agent_port",
       {"broken", "host",
        "the agent could not talk to the host in phase test: its port is gone: .*", 15});
}

TEST_CASE("nonsense on the agent's port ends the guest at once, and nothing of it is believed") {
  ends(kOld, "agent_port_nonsense",
       {"broken", "host", "the agent could not be believed in phase test: no frame at byte .*", 5});
}

}  // namespace kproof::e2e::guest_ends_test
