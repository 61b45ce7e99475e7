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
  CHECK(build_in_banner(image, "6.1.0") ==
        KernelBuild{"6.1.0", "#42", "",
                    "6.1.0 (a@b (c)) (gcc (D) 12, ld) #42 SMP PREEMPT_DYNAMIC Debian"});
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

static std::string banner(const std::string& who, const std::string& when) {
  return "6.1.0 (" + who + ") (gcc 12, ld) #1 SMP " + when;
}

TEST_CASE("two builds of one release and number are told apart by the whole banner") {
  const KernelBuild file = *builds_of({banner("a@b", "Mon")}).begin();
  CHECK(file.number == "#1");
  CHECK_FALSE(difference(builds_of({banner("a@b", "Mon")}), file));
  CHECK(difference(builds_of({banner("a@b", "Tue")}), file)->log == banner("a@b", "Tue"));
  CHECK(difference(builds_of({banner("c@d", "Mon")}), file));
  CHECK_FALSE(difference(builds_of({banner("c@d", "Mon"), banner("a@b", "Mon")}), file));
  CHECK_FALSE(difference(builds_of({banner("a@b", "Mon").substr(0, 40)}), file));  // cut
}

TEST_CASE("a build ID decides, whatever the banners say") {
  KernelBuild log = *builds_of({banner("a@b", "Mon")}).begin(),
              file = *builds_of({banner("a@b", "Mon")}).begin();
  log.build_id = kId;
  file.build_id = kOther;
  CHECK(difference(log, file));
  file.build_id = kId;
  file.banner = banner("c@d", "Tue");
  CHECK_FALSE(difference(log, file));
}

TEST_CASE("a report is of a boot whose banner has its release and number") {
  const auto boots = builds_of({banner("a@b", "Mon")});
  const std::set<KernelBuild> same{{"6.1.0", "#1", ""}}, other{{"6.2.0", "#1", ""}};
  CHECK(with_banners(same, boots) == boots);
  CHECK(with_banners(other, boots) == other);
  CHECK(with_banners({}, boots) == boots);
}
