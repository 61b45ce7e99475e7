#include "cli/kernel_of_log.hpp"

#include <doctest/doctest.h>

using namespace kproof::cli;

static const std::string kId(40, 'a'), kOther(40, 'b');

TEST_CASE("a report names the build that printed it, whatever its taint") {
  CHECK(
      builds_in("[ 1.0] CPU: 1 PID: 812 Comm: x Not tainted 6.1.0-56-amd64 #1  Debian 6.1.153-1") ==
      std::set<KernelBuild>{{"6.1.0-56-amd64", "#1", ""}});
  CHECK(builds_in("CPU: 1 UID: 0 PID: 8 Comm: x Tainted: G        W          6.12.0 #7 " + kId) ==
        std::set<KernelBuild>{{"6.12.0", "#7", kId}});
  CHECK(builds_in("CPU: 0 Not tainted 6.19.0 #2 PREEMPT(full)  " + kId).begin()->build_id == kId);
  CHECK(builds_in("BUG kmalloc-192 (Tainted: G    B             ): Poison overwritten").empty());
  CHECK(builds_in("CPU: 0 Not tainted 6.1.0 #1\nCPU: 0 Not tainted 6.2.0 #1").size() == 2);
}

TEST_CASE("the banner of an image has the release's build number") {
  using namespace std::string_literals;
  const std::string image =
      "x\0Linux version %s\0Linux version 6.1.0 (a@b (c)) (gcc (D) 12, ld) #42 "
      "SMP PREEMPT_DYNAMIC Debian\n\0#43"s;
  CHECK(build_in_banner(image, "6.1.0") == KernelBuild{"6.1.0", "#42", ""});
  CHECK(build_in_banner("Linux version 6.1.0 (a", "6.1.0") == KernelBuild{"6.1.0", "", ""});
  CHECK(build_in_banner("", "") == KernelBuild{});
}

TEST_CASE("builds differ by release, build ID or number, and not by what nobody knows") {
  const KernelBuild file{"6.1.0", "#2", kId};
  CHECK(difference(KernelBuild{"6.2.0", "", ""}, file)->log == "6.2.0");
  CHECK(difference(KernelBuild{"6.1.0", "#1", ""}, file)->file == "6.1.0 #2");
  CHECK(difference(KernelBuild{"6.1.0", "#2", kOther}, file)->log ==
        "6.1.0 with build ID " + kOther);
  CHECK_FALSE(difference(KernelBuild{"6.1.0", "", ""}, file));
  CHECK_FALSE(difference(KernelBuild{}, file));
  CHECK_FALSE(difference(std::set<KernelBuild>{{"6.0.0", "", ""}, {"6.1.0", "", ""}}, file));
  CHECK_FALSE(difference(std::set<KernelBuild>{}, file));
}
