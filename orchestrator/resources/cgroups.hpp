// Which control groups bound this process, of both versions. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kproof::resources {

struct Cgroup {
  std::string path;       // in its hierarchy, "/user.slice/x", as /proc/self/cgroup has it
  std::string directory;  // where its files are
};

// A controller's groups: this process's own first, then all around it that can be seen. What is
// around a container is bound by nothing that a process in it could read.
struct Hierarchy {
  bool v2 = false;
  std::vector<Cgroup> groups;  // empty: no such controller, or its files are mounted nowhere
};

// The hierarchy that `controller` ("cpu", "memory", "hugetlb") is in, of the texts of
// /proc/self/cgroup and /proc/self/mountinfo (cgroups(7), proc(5)). Where a version 1 hierarchy has
// the controller, version 2 has not.
Hierarchy hierarchy_of(std::string_view controller, std::string_view proc_cgroup,
                       std::string_view mountinfo);

// Is the group `path` the group `around`, or inside it?
bool is_within(std::string_view path, std::string_view around);

}  // namespace kproof::resources
