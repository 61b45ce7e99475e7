#include "resources/limits.hpp"

#include <doctest/doctest.h>

#include "resources/needs.hpp"
#include "resources/testing.hpp"
#include "util/error.hpp"

using namespace kproof;
using namespace kproof::resources;

namespace {
// A made-up host: 64 CPUs, 256 GiB, 200 of them available, version 2 of control groups.
struct Machine {
  std::map<std::string, std::string> files{
      {"/proc/self/status", "Name:\tkproof\nCpus_allowed_list:\t0-63\n"},
      {"/proc/self/cgroup", "0::/job/step\n"},
      {"/proc/self/mountinfo", "29 21 0:26 / /cg rw - cgroup2 cgroup2 rw\n"},
      {"/proc/meminfo", "MemTotal:       268435456 kB\nMemAvailable:   209715200 kB\n"},
      {"/sys/devices/system/cpu/online", "0-63\n"}};
  Limits limits() const {
    return read_limits([this](const std::string& path) -> std::optional<std::string> {
      const auto found = files.find(path);
      if (found == files.end()) return std::nullopt;
      return found->second;
    });
  }
  const Limit cores() const { return least(limits().cores, &Limit::now); }
  const Limit memory() const { return least(limits().memory, &Limit::now); }
};
}  // namespace

TEST_CASE(
    "without any bound a host has its CPUs, and the memory that is available but for a rest") {
  const Machine host;
  CHECK(host.cores().now == 64);
  CHECK(host.memory().now == 200 * GiB - 512 * MiB);
  CHECK(host.memory().total == 256 * GiB - 512 * MiB);
}

TEST_CASE("the CPUs that a process is bound to count, and the reason names them") {
  Machine host;
  host.files["/proc/self/status"] = "Cpus_allowed_list:\t3,8-9\n";
  CHECK(host.cores().now == 3);
  CHECK(host.cores().why == "this process may run on CPUs 3,8-9");
}

TEST_CASE("cpu.max counts, of this group and of any around it, and the reason has its words") {
  Machine host;
  host.files["/cg/job/step/cpu.max"] = "max 100000\n";
  host.files["/cg/job/cpu.max"] = "400000 100000\n";
  CHECK(host.cores().now == 4);
  CHECK(host.cores().why == "cpu.max of /cg/job is 400000 of 100000");
  host.files["/cg/job/step/cpu.max"] = "200000 100000\n";
  CHECK(host.cores().now == 2);
}

TEST_CASE("a part of a core is none, but one there is always") {
  Machine host;
  host.files["/cg/job/cpu.max"] = "290000 100000\n";
  CHECK(host.cores().now == 2);
  host.files["/cg/job/cpu.max"] = "50000 100000\n";
  CHECK(host.cores().now == 1);
}

TEST_CASE("memory.max and memory.high count, less what is in use there and cannot be given back") {
  Machine host;
  host.files["/cg/job/memory.max"] = std::to_string(8 * GiB);
  host.files["/cg/job/memory.current"] = std::to_string(5 * GiB);
  host.files["/cg/job/memory.stat"] = "anon 1\ninactive_file " + std::to_string(2 * GiB) +
                                      "\nactive_file " + std::to_string(GiB) + "\n";
  CHECK(host.memory().now == 6 * GiB - 64 * MiB);
  CHECK(host.memory().total == 8 * GiB - 64 * MiB);
  CHECK(host.memory().why == "memory.max of /cg/job is 8.0 GiB, 2.0 GiB of it in use");
  host.files["/cg/job/step/memory.high"] = std::to_string(3 * GiB);
  CHECK(host.memory().now == 3 * GiB - 64 * MiB);
}

TEST_CASE("the limits of version 1 count, too, and its word for none is none") {
  Machine host;
  host.files["/proc/self/cgroup"] = "4:memory:/m\n2:cpu:/c\n0::/\n";
  host.files["/proc/self/mountinfo"] =
      "1 2 0:1 / /cpu rw - cgroup cgroup rw,cpu\n3 2 0:2 / /mem rw - cgroup cgroup rw,memory\n";
  host.files["/cpu/c/cpu.cfs_quota_us"] = "-1\n";
  host.files["/cpu/c/cpu.cfs_period_us"] = "100000\n";
  host.files["/cpu/cpu.cfs_quota_us"] = "-1\n";
  host.files["/mem/m/memory.limit_in_bytes"] = "9223372036854771712\n";
  CHECK(host.cores().now == 64);
  CHECK(host.limits().memory.size() == 1);
  host.files["/cpu/c/cpu.cfs_quota_us"] = "100000\n";
  host.files["/mem/m/memory.limit_in_bytes"] = std::to_string(6 * GiB);
  host.files["/mem/m/memory.usage_in_bytes"] = std::to_string(2 * GiB);
  host.files["/mem/m/memory.stat"] =
      "inactive_file 1\ntotal_inactive_file " + std::to_string(GiB) + "\ntotal_active_file 0\n";
  CHECK(host.cores().now == 1);
  CHECK(host.cores().why == "cpu.cfs_quota_us of /cpu/c is 100000 of 100000");
  CHECK(host.memory().now == 5 * GiB - 64 * MiB);
}

TEST_CASE("huge pages that are reserved are not free, and those that may be made do not count") {
  Machine host;
  const std::string pool = "/sys/kernel/mm/hugepages/hugepages-2048kB/";
  host.files[pool + "nr_hugepages"] = "300\n";
  host.files[pool + "free_hugepages"] = "200\n";
  host.files[pool + "resv_hugepages"] = "50\n";
  host.files[pool + "nr_overcommit_hugepages"] = "1000\n";
  const Limits limits = host.limits();
  CHECK(least(limits.huge_pages.at(kPage2M), &Limit::now).now == 150);
  CHECK(least(limits.huge_pages.at(kPage2M), &Limit::total).total == 300);
  CHECK(least(limits.huge_pages.at(kPage1G), &Limit::now).now == 0);
  host.files["/cg/job/hugetlb.2MB.max"] = std::to_string(200 * MiB);
  CHECK(least(host.limits().huge_pages.at(kPage2M), &Limit::now).now == 100);
}

TEST_CASE("a limit binds those who are under it, and the host's own binds all") {
  const Place mine{.cpus = "0-3", .cpu_cgroup = "/a/b", .memory_cgroup = "/m", .shared = "0:5"};
  CHECK(counts({}, mine));
  CHECK(counts({Scope::Of::cpus, "0-7"}, mine));
  CHECK_FALSE(counts({Scope::Of::cpus, "0-2"}, mine));
  CHECK(counts({Scope::Of::cpu_cgroup, "/a"}, mine));
  CHECK_FALSE(counts({Scope::Of::cpu_cgroup, "/a/b/c"}, mine));
  CHECK_FALSE(counts({Scope::Of::memory_cgroup, "/a"}, mine));
  CHECK(counts({Scope::Of::shared, "0:5"}, mine));
}

TEST_CASE("lists of CPUs are read, and what is none has none") {
  CHECK(parse_cpus("0-2,7\n") == std::set<unsigned>{0, 1, 2, 7});
  CHECK(parse_cpus("").empty());
  CHECK(parse_cpus("x").empty());
  CHECK(parse_cpus("0-99999999999").empty());
}

TEST_CASE("a host without /proc is no host") {
  CHECK_THROWS_AS(read_limits([](const std::string&) { return std::nullopt; }), HostError);
}

TEST_CASE("this host has a core, and memory") {
  const Limits limits = read_limits(text_of);
  CHECK(least(limits.cores, &Limit::now).now >= 1);
  CHECK(least(limits.memory, &Limit::total).total > 0);
}
