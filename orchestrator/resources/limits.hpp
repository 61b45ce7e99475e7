// What this host lets us have, each limit with who sets it. Pure: of the texts of files.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kproof::resources {

// Where a run is: what of it is bound by the same limit as another.
struct Place {
  std::string cpus;                       // "0-3,8"
  std::string cpu_cgroup, memory_cgroup;  // paths in their hierarchies
  std::string shared;                     // of the file system with its NVDIMMs; "" not known

  bool operator==(const Place&) const = default;
};

// Whose use counts against a limit.
struct Scope {
  enum class Of { host, cpus, cpu_cgroup, memory_cgroup, shared } of = Of::host;
  std::string name = {};  // CPUs that a run may use no others of, or the group that it is within
};
bool counts(const Scope& scope, const Place& place);

struct Limit {
  std::uint64_t total = 0;  // cores, bytes or pages, if nobody else used any
  std::uint64_t now = 0;    // less what is in use now, by whomever
  std::string why;          // "cpu.max of /sys/fs/cgroup/x is 400000 of 100000"
  Scope scope = {};
};

struct Limits {
  std::vector<Limit> cores, memory;                        // never empty; the least counts
  std::map<std::uint64_t, std::vector<Limit>> huge_pages;  // by the bytes of a page
  Place place;
};

// The one that allows least, by `total` or by `now`.
const Limit& least(const std::vector<Limit>& limits, std::uint64_t Limit::*by);

// The content of a file, if there is one that can be read.
using Texts = std::function<std::optional<std::string>(const std::string& path)>;
// Of this machine.
std::optional<std::string> text_of(const std::string& path);

// cores: the CPUs that this process may run on, and cpu.max of its control group and of all around
// it; a part of a core is none, but one there is always. memory: MemAvailable, memory.max and
// memory.high likewise, less what is in use there and cannot be given back; some is left for the
// host's other programs. huge_pages: those of the pools of 2 MiB and 1 GiB that are free and not
// reserved, and hugetlb.*.max; what nr_overcommit_hugepages might add is no promise of the kernel's
// and does not count. HostError without /proc.
Limits read_limits(const Texts& texts);

// The CPUs of "0-3,8"; nothing of what is no such list. At most 65536.
std::set<unsigned> parse_cpus(std::string_view list);

}  // namespace kproof::resources
