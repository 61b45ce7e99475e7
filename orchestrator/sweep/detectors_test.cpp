#include "sweep/detectors.hpp"

#include <doctest/doctest.h>

#include "util/error.hpp"

using namespace kproof;
using namespace kproof::sweep;
using namespace std::chrono_literals;

static const char kPlain[] = "CONFIG_SOFTLOCKUP_DETECTOR=y\nCONFIG_DETECT_HUNG_TASK=y\n";

static kernel::Kconfig config(const std::string& more = "") {
  return kernel::Kconfig::parse(kPlain + more);
}

TEST_CASE("sanitizers make a kernel slow, and multiply") {
  CHECK(slowness({}) == 1);
  CHECK(slowness(config()) == 1);
  CHECK(slowness(config("CONFIG_KASAN=y\n")) == 3);
  CHECK(slowness(config("CONFIG_KASAN=y\nCONFIG_KASAN_HW_TAGS=y\n")) == 1);
  CHECK(slowness(config("CONFIG_KCSAN=y\n")) == 5);
  CHECK(slowness(config("CONFIG_KASAN=y\nCONFIG_PROVE_LOCKING=y\n")) == 6);
}

TEST_CASE("detectors speak in order and before the case ends") {
  CHECK(detector_parameters(config(), 120s, 1) ==
        std::vector<std::string>{"rcupdate.rcu_cpu_stall_timeout=15", "watchdog_thresh=10",
                                 "sysctl.kernel.hung_task_timeout_secs=96",
                                 "sysctl.kernel.hung_task_check_interval_secs=9"});
  CHECK(detector_parameters(config(), 25s, 1) ==
        std::vector<std::string>{"rcupdate.rcu_cpu_stall_timeout=10", "watchdog_thresh=7",
                                 "sysctl.kernel.hung_task_timeout_secs=20",
                                 "sysctl.kernel.hung_task_check_interval_secs=2"});
}

TEST_CASE("a slow kernel has slow detectors, within what the kernel takes") {
  CHECK(detector_parameters(config(), 720s, 3)[1] == "watchdog_thresh=30");
  CHECK(detector_parameters(config(), 7200s, 30)[1] == "watchdog_thresh=60");
}

TEST_CASE("a case of a few seconds makes no detector so quick that a busy host looks stalled") {
  CHECK(detector_parameters(config(), 3s, 1) ==
        std::vector<std::string>{"rcupdate.rcu_cpu_stall_timeout=9", "watchdog_thresh=6",
                                 "sysctl.kernel.hung_task_timeout_secs=16",
                                 "sysctl.kernel.hung_task_check_interval_secs=1"});
  CHECK(incoherent(config(), 3s, 1, {}).empty());
}

TEST_CASE("a detector that the kernel lacks gets no word, and counts for nothing") {
  const auto without = kernel::Kconfig::parse("CONFIG_MMU=y\n");
  CHECK(detector_parameters(without, 120s, 1).size() == 1);
  CHECK(incoherent(without, 20s, 1, {"watchdog_thresh=60"}).empty());
}

TEST_CASE("what RCU adds when it proves its usage is counted") {
  const auto proving = config("CONFIG_PROVE_RCU=y\n");
  CHECK(detector_parameters(proving, 120s, 1)[0] == "rcupdate.rcu_cpu_stall_timeout=10");
  CHECK(incoherent(proving, 120s, 1, {"rcupdate.rcu_cpu_stall_timeout=16"}).size() == 1);
}

TEST_CASE("words that break the order are named, with the numbers") {
  CHECK(incoherent(config(), 120s, 1, {"watchdog_thresh=11", "quiet"}).empty());
  CHECK(incoherent(config(), 20s, 1, {"watchdog_thresh=60"}) ==
        std::vector<std::string>{"a soft lockup is reported after 120 s (watchdog_thresh=60), and "
                                 "a hung task is reported after 16 s",
                                 "a soft lockup is reported after 120 s (watchdog_thresh=60), and "
                                 "the case is ended after 20 s"});
  CHECK(incoherent(config(), 120s, 1, {"rcupdate.rcu-cpu-stall-timeout=60"}) ==
        std::vector<std::string>{"an RCU stall is reported after 60 s "
                                 "(rcupdate.rcu-cpu-stall-timeout=60), and a soft lockup is "
                                 "reported after 20 s"});
  CHECK(incoherent(config(), 120s, 1, {"sysctl.kernel.hung_task_timeout_secs=300"}).size() == 1);
  CHECK(incoherent(config(), 120s, 1, {"sysctl.kernel.hung_task_timeout_secs=5"}).size() == 2);
}

TEST_CASE("the last word counts, and a detector that is off breaks nothing") {
  CHECK(incoherent(config(), 120s, 1, {"watchdog_thresh=60", "watchdog_thresh=10"}).empty());
  for (const char* off : {"nowatchdog", "nosoftlockup", "watchdog_thresh=0",
                          "sysctl.kernel.hung_task_timeout_secs=0"})
    CHECK(incoherent(config(), 20s, 1, {"rcupdate.rcu_cpu_stall_timeout=8", off}).empty());
  CHECK(incoherent(config(), 20s, 1, {"rcupdate.rcu_cpu_stall_suppress=1", "nowatchdog"}).empty());
}

TEST_CASE("an incoherent plan is refused with its place") {
  const model::Topology topology{.name = "l1", .place = "p.yaml:9:3"};
  CHECK_NOTHROW(require_coherent(topology, 0, "mm/x", {}));
  try {
    require_coherent(topology, 1, "mm/x", incoherent(config(), 20s, 1, {"watchdog_thresh=9"}));
    FAIL("accepted");
  } catch (const ConfigError& error) {
    CHECK(std::string(error.what()) ==
          "p.yaml:9:3: topology `l1`, case mm/x: in L2, a soft lockup is reported after 18 s "
          "(watchdog_thresh=9), and a hung task is reported after 16 s");
  }
}
