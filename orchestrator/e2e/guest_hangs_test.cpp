// What a guest that hangs can still tell: plans/hangs.yaml on both kernels. Each report names which
// hang it was, and holds the traces.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "e2e/support.hpp"

namespace kproof::e2e::guest_hangs_test {
using Titles = std::vector<std::string>;

static const std::vector<std::string> kKernels{"debian-6.1", "debian-6.12"};

static const Run& run() {
  static const Run run = run_plan(plan("hangs"), fresh_directory("hangs"));
  return run;
}

static bool holds(const std::string& log, const std::string& text) {
  return log.find(text) != log.npos;
}

// The cell's one hang, as cell.json has it, once its class and its reason are what they must be. No
// finding: nothing that the diagnosis did is taken for the kernel's.
static const Json& hang(const std::string& kernel, const std::string& id, const char* hang_class,
                        const Ending& ending) {
  const std::string whole = kernel + "/" + id;
  check_ending(run(), whole, ending);
  const Json& found = cell(run(), whole);
  check_nothing_found(found, ending.may_find);
  REQUIRE(found.at("hangs").size() == 1);
  CHECK(found.at("hangs")[0].at("class") == hang_class);
  CHECK(holds(read_log(run(), found, "hang"), fmt::format("class: {}\n", hang_class)));
  return found;
}

TEST_CASE("a run of guests that hang ends whole and leaves nothing running") {
  check_whole(run(), 1, 16);
}

TEST_CASE("a kernel that spins with interrupts off is named with the function, by an NMI's trace") {
  for (const std::string& kernel : kKernels) {
    const Json& found =
        hang(kernel, "l1/selftest/irqs_off", "irqs_off",
             {"hang", "kernel",
              "the guest was silent for 1[2-9]\\.[0-9]s in phase test: CPU 0 spins with "
              "interrupts off in softdog_init\\+0x.*"});
    const std::string log = read_log(run(), found, "hang");
    for (const char* part :
         {"== registers, round 5 of 5 ==\n", "RIP=", "== ping of the agent ==\nnot answered\n",
          "the kernel did not answer", "Kernel panic - not syncing: NMI: Not continuing",
          "RIP: 0010:softdog_init+0x", "Call Trace:"})
      CHECK_MESSAGE(holds(log, part), part);
  }
}

// The agent can kill nothing that spins in the kernel, so the guest is ended in the end.
TEST_CASE("one of two CPUs spins with interrupts off, and the agent answers by the other") {
  for (const std::string& kernel : kKernels) {
    const Json& found =
        hang(kernel, "two/selftest/irqs_off_on_one_cpu", "irqs_off",
             {"hang", "kernel",
              "no end of the killed case within .* in phase test: the agent answers, by another "
              "CPU: CPU 1 spins with interrupts off in softdog_init\\+0x[^;]*",
              0, "INFO: rcu detected stall in .*"});
    CHECK(holds(read_log(run(), found, "hang"), "NMI backtrace for cpu 1"));
  }
}

TEST_CASE("a task of the case that hangs in the kernel is named with the function it waits in") {
  for (const std::string& kernel : kKernels) {
    const Json& found = hang(kernel, "l1/selftest/stuck_task", "hung_task",
                             {"hang", "kernel",
                              "the case did not end before its deadline: the agent answers, a task "
                              "of the case hangs: [0-9]+ \\(stuck_task\\) D in pipe_read",
                              0, "INFO: task hung in pipe_read"});
    CHECK(found.at("hangs")[0].at("agent_answers") == true);
    const std::string log = read_log(run(), found, "hang");
    for (const char* part :
         {"(stuck_task): state D, in pipe_read", "pipe_read+0x", "sysrq: Show Blocked State",
          "task:stuck_task", "sysrq: Show Memory", "sysrq: Show State"})
      CHECK_MESSAGE(holds(log, part), part);
  }
}

TEST_CASE("a case that sleeps for ever, and one that runs for ever, are the case's hang") {
  for (const std::string& kernel : kKernels) {
    const Json& sleeps =
        hang(kernel, "l1/selftest/never_ends", "waits",
             {"hang", "test",
              "the case did not end before its deadline: the agent answers, the case sleeps for "
              "ever: [0-9]+ \\(never_ends\\) S in .*"});
    CHECK(holds(read_log(run(), sleeps, "hang"), "task:never_ends"));
    const Json& runs =
        hang(kernel, "l1/selftest/spin_never_ends", "runs",
             {"hang", "test",
              "the case did not end before its deadline: the agent answers, the case runs for "
              "ever: [0-9]+ \\(spin_never_ends\\) R.*"});
    CHECK(holds(read_log(run(), runs, "hang"), "(spin_never_ends): state R"));
  }
}

TEST_CASE("a kernel that boots and whose agent never comes answers sysrq") {
  for (const std::string& kernel : kKernels) {
    const Json& found =
        hang(kernel, "wrong-init/selftest/never_ends", "boot",
             {"hang", "kernel",
              "no hello of the agent within (3[6-9]|4[0-4])\\.[0-9]s in phase boot: silent "
              "from the boot on, last on the console: .*; CPU 0 is idle"});
    const std::string log = read_log(run(), found, "hang");
    for (const char* part :
         {"sysrq: Show backtrace of all active CPUs", "sysrq: Show Blocked State",
          "== NMI (inject-nmi) ==\nnot needed: the kernel answers sysrq"})
      CHECK_MESSAGE(holds(log, part), part);
  }
}

TEST_CASE("a kernel that says nothing from the start on is known by its registers alone") {
  for (const std::string& kernel : kKernels) {
    const Json& found =
        hang(kernel, "mute/selftest/never_ends", "boot",
             {"hang", "kernel",
              "no hello of the agent within (3[6-9]|4[0-4])\\.[0-9]s in phase boot: silent "
              "from the boot on, with nothing on the console; CPU 0 .*"});
    CHECK(read_log(run(), found, "console").empty());
    CHECK(holds(read_log(run(), found, "hang"), "RIP=ffffffff8"));
    CHECK(found.at("hangs")[0].at("missing").size() >= 4);
  }
}

TEST_CASE("an oops that the kernel survives ends the case long before its deadline") {
  for (const std::string& kernel : kKernels) {
    const std::string id = kernel + "/l1/selftest/oops_survived";
    check_ending(
        run(), id,
        {"crash", "kernel", "the kernel oopsed in phase test, and was ended; finding: BUG: .*",
         60});  // of 360, the last 6 of them for the report
    const Json& found = cell(run(), id);
    CHECK(titles(found) ==
          Titles{"BUG: unable to handle kernel NULL pointer dereference in softdog_init"});
    CHECK(found.at("findings")[0].at("panicked") == false);
    CHECK(found.at("hangs").empty());
  }
}

}  // namespace kproof::e2e::guest_hangs_test
