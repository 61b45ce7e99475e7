#include "resources/cgroups.hpp"

#include <doctest/doctest.h>

using namespace kproof::resources;

static std::vector<std::string> directories(const Hierarchy& found) {
  std::vector<std::string> list;
  for (const Cgroup& group : found.groups)
    list.push_back(group.directory);
  return list;
}

static constexpr const char* kV2 =
    "29 21 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

TEST_CASE("a process of version 2 is bound by its own group and by all around it") {
  const auto found = hierarchy_of("cpu", "0::/user.slice/user-0.slice/s.scope\n", kV2);
  CHECK(found.v2);
  CHECK(directories(found) ==
        std::vector<std::string>{"/sys/fs/cgroup/user.slice/user-0.slice/s.scope",
                                 "/sys/fs/cgroup/user.slice/user-0.slice",
                                 "/sys/fs/cgroup/user.slice", "/sys/fs/cgroup"});
  CHECK(found.groups[0].path == "/user.slice/user-0.slice/s.scope");
  CHECK(found.groups[3].path == "/");
}

TEST_CASE("a controller of version 1 is looked for where it is mounted, and nowhere else") {
  const std::string cgroup = "4:memory:/job/a\n2:cpu,cpuacct:/b\n0::/\n";
  const std::string mounts =
      std::string(kV2) +
      "33 25 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
      "34 25 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
  const auto memory = hierarchy_of("memory", cgroup, mounts);
  CHECK_FALSE(memory.v2);
  CHECK(directories(memory) == std::vector<std::string>{"/sys/fs/cgroup/memory/job/a",
                                                        "/sys/fs/cgroup/memory/job",
                                                        "/sys/fs/cgroup/memory"});
  CHECK(directories(hierarchy_of("cpu", cgroup, mounts)).at(0) == "/sys/fs/cgroup/cpu,cpuacct/b");
  CHECK(hierarchy_of("hugetlb", cgroup, mounts).v2);
}

TEST_CASE("in a container that shares the host's names, what is mounted is its own part") {
  const std::string mounts = "9 8 0:26 /docker/4f /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw\n";
  CHECK(directories(hierarchy_of("cpu", "0::/docker/4f/inner\n", mounts)) ==
        std::vector<std::string>{"/sys/fs/cgroup/inner", "/sys/fs/cgroup"});
}

TEST_CASE("a group that is outside of what is mounted is bound by what is mounted at least") {
  CHECK(directories(hierarchy_of("cpu", "0::/../../other\n", kV2)) ==
        std::vector<std::string>{"/sys/fs/cgroup"});
  const std::string part = "9 8 0:26 /docker/4f /sys/fs/cgroup ro - cgroup2 cgroup rw\n";
  CHECK(directories(hierarchy_of("cpu", "0::/elsewhere\n", part)) ==
        std::vector<std::string>{"/sys/fs/cgroup"});
}

TEST_CASE("of several mounts the one counts that shows most, whatever its name") {
  const std::string mounts =
      "9 8 0:26 /a/b /mnt/part rw - cgroup2 cgroup rw\n"
      "9 8 0:26 / /mnt/all\\040groups rw - cgroup2 cgroup rw\n";
  CHECK(directories(hierarchy_of("cpu", "0::/a/b\n", mounts)).at(0) == "/mnt/all groups/a/b");
}

TEST_CASE("without control groups, and of texts that are none, there are no groups") {
  CHECK(hierarchy_of("cpu", "", "").groups.empty());
  CHECK(hierarchy_of("cpu", "0::/a\n", "").groups.empty());
  CHECK(hierarchy_of("cpu", "no colons\n:\n", "- - -\n \n1 2 3 / /x\n").groups.empty());
}

TEST_CASE("a group is within itself and what is around it, and not within one of a longer name") {
  CHECK(is_within("/a/b", "/"));
  CHECK(is_within("/a/b", "/a"));
  CHECK(is_within("/a/b", "/a/b"));
  CHECK_FALSE(is_within("/ab", "/a"));
  CHECK_FALSE(is_within("/a", "/a/b"));
}
