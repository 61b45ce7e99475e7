// Cells of one run and of several share what the host has.
#include <fstream>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/host_support.hpp"

namespace kproof::e2e::host::sharing_test {
namespace fs = std::filesystem;

static constexpr seconds kBoot{120};

namespace {
// Runs of a host with one CPU and with claims that nobody else has: what of this one is busy and
// with what, and how many cores it has, does not matter.
struct OneCore {
  util::ScratchDir scratch{"kproof-e2e-"};

  Program::Spec run(const std::string& name) const {
    Program::Spec spec{command({"run", plan(name), "--out", scratch.path() / name, "-v"}),
                       {{"KPROOF_CLAIMS", scratch.path() / "claims"}}};
    spec.argv.insert(spec.argv.begin(), {"taskset", "--cpu-list", "0"});
    return spec;
  }
};
}  // namespace

TEST_CASE(
    "a run waits for the core that another one has, says so, and goes on when that is killed") {
  const OneCore host;
  Program first(host.run("two"));
  REQUIRE_MESSAGE(first.says("k/l1/selftest/never_ends: test", kBoot), first.err());
  Program second(host.run("one"));
  REQUIRE_MESSAGE(
      second.says(
          fmt::format("waiting for 2 cores, held by kproof run host_two, pid {} of ", first.pid()),
          kBoot),
      second.err());
  CHECK(guests_of(second.pid()).empty());
  first.signal(SIGKILL);
  first.wait(seconds(10));
  const Ended ended = second.wait(kBoot);
  CAPTURE(ended.err);
  CHECK(ended.code == 0);
}

TEST_CASE("two runs at once take turns on one core, and both end well") {
  const OneCore host;
  Program first(host.run("two")), second(host.run("one"));
  const Ended of_first = first.wait(2 * kBoot), of_second = second.wait(2 * kBoot);
  CAPTURE(of_first.err);
  CAPTURE(of_second.err);
  CHECK(of_first.code == 0);
  CHECK(of_second.code == 0);
}

static constexpr const char* kPool = "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages";

namespace {
// A pool of so many pages, as long as it lives; what was in it is not given to anybody else.
class PoolOf {
 public:
  explicit PoolOf(unsigned pages) {
    std::ifstream(kPool) >> before_;
    std::ofstream(kPool) << pages;
    unsigned got = 0;
    std::ifstream(kPool) >> got;
    whole_ = before_ == 0 && got == pages;
  }
  ~PoolOf() { std::ofstream(kPool) << before_; }
  bool whole() const { return whole_; }

 private:
  unsigned before_ = 0;
  bool whole_ = false;
};
}  // namespace

TEST_CASE("of two cells that want all huge pages both pass, one after the other") {
  if (::geteuid() != 0) return skip("root, who may fill the hugetlb pool");
  const PoolOf pages(300);
  if (!pages.whole()) return skip("an empty hugetlb pool that can have 300 pages");
  const util::ScratchDir scratch("kproof-e2e-");
  const fs::path out = scratch.path() / "out";
  const Ended ended = run_kproof({"run", plan("hugetlb_twice"), "--out", out},
                                 {{"KPROOF_CLAIMS", scratch.path() / "claims"}}, 2 * kBoot);
  CAPTURE(ended.err);
  CHECK(ended.code == 0);
  CHECK(contains(ended.out, "2 cells: 2 pass"));
}

namespace {
// A control group with these limits, of whichever version this host has.
class Group {
 public:
  Group(const std::string& quota, const std::string& memory) {
    const fs::path root = "/sys/fs/cgroup";
    if (fs::exists(root / "cgroup.controllers")) {
      std::ofstream(root / "cgroup.subtree_control") << "+cpu +memory";
      whole_ = make(root, {{"cpu.max", quota + " 100000"}, {"memory.max", memory}});
    } else {
      whole_ = make(root / "cpu", {{"cpu.cfs_quota_us", quota}}) &&
               make(root / "memory", {{"memory.limit_in_bytes", memory}});
    }
  }
  ~Group() {
    for (const fs::path& directory : directories_)
      ::rmdir(directory.c_str());
  }
  bool whole() const { return whole_; }
  // argv of a shell that moves itself there and becomes `argv`.
  std::vector<std::string> inside(const std::vector<std::string>& argv) const {
    std::string script;
    for (const fs::path& directory : directories_)
      script += fmt::format("echo $$ > {}/cgroup.procs && ", directory.string());
    std::vector<std::string> all{"sh", "-c", script + "exec \"$@\"", "sh"};
    all.insert(all.end(), argv.begin(), argv.end());
    return all;
  }
  const std::vector<fs::path>& directories() const { return directories_; }

 private:
  bool make(const fs::path& hierarchy, const std::map<std::string, std::string>& limits) {
    const fs::path directory = hierarchy / fmt::format("kproof-e2e-{}", ::getpid());
    if (::mkdir(directory.c_str(), 0755) != 0) return false;
    directories_.push_back(directory);
    for (const auto& [file, text] : limits)
      if (!(std::ofstream(directory / file) << text << std::flush)) return false;
    return true;
  }
  std::vector<fs::path> directories_;
  bool whole_ = false;
};
}  // namespace

TEST_CASE("in a control group of one core and 6 GiB that is what a run has, and what doctor says") {
  const Group group("100000", std::to_string(6ull << 30));
  if (!group.whole()) return skip("the right to make a control group");
  const util::ScratchDir scratch("kproof-e2e-");
  const fs::path out = scratch.path() / "out";
  const std::map<std::string, std::string> claims{{"KPROOF_CLAIMS", scratch.path() / "claims"}};
  Program doctor({group.inside(command({"doctor"})), claims});
  const Ended told = doctor.wait(kBoot);
  CAPTURE(told.out);
  CHECK(contains(told.out, "1: cpu."));
  CHECK(contains(told.out, group.directories().front().string() + " is 100000 of 100000"));
  CHECK(contains(told.out, group.directories().back().string() + " is 6.0 GiB"));
  Program program({group.inside(command({"run", plan("two"), "--out", out, "-v"})), claims});
  REQUIRE_MESSAGE(program.says("k/l1/selftest/pass: boot", kBoot), program.err());
  for (const pid_t guest : guests_of(program.pid()))
    CHECK(contains(util::read_file(fmt::format("/proc/{}/cgroup", guest)),
                   group.directories().back().filename().string()));
  const Ended ended = program.wait(2 * kBoot);
  CAPTURE(ended.err);
  CHECK(ended.code == 0);
}

}  // namespace kproof::e2e::host::sharing_test
