#include "resources/limits.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "resources/cgroups.hpp"
#include "resources/needs.hpp"
#include "util/error.hpp"
#include "util/text.hpp"
#include "util/units.hpp"

namespace kproof::resources {
using Of = Scope::Of;

// Left to the host's other programs; and to kproof itself, in a control group of its own.
static constexpr std::uint64_t kLeftToHost = 512ull << 20, kLeftInGroup = 64ull << 20;

std::optional<std::string> text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  if (file.bad()) return std::nullopt;
  return text.str();
}

// The number that `text` begins with.
static std::optional<std::uint64_t> number(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

static std::optional<std::uint64_t> number_in(const Texts& texts, const std::string& path) {
  const auto text = texts(path);
  return text ? number(*text) : std::nullopt;
}

static std::uint64_t field(const std::optional<std::string>& text, std::string_view key) {
  return number(util::line_behind(text.value_or(""), key).value_or("")).value_or(0);
}

std::set<unsigned> parse_cpus(std::string_view list) {
  constexpr std::uint64_t kMost = 65536;
  std::set<unsigned> cpus;
  std::istringstream ranges{util::chomp(std::string(list))};
  for (std::string range; std::getline(ranges, range, ',');) {
    const auto first = number(range);
    const std::size_t dash = range.find('-');
    const auto last = dash == range.npos ? first : number(range.substr(dash + 1));
    if (!first || !last || *last >= kMost) return {};
    for (auto cpu = *first; cpu <= *last; ++cpu)
      cpus.insert(static_cast<unsigned>(cpu));
  }
  return cpus;
}

bool counts(const Scope& scope, const Place& place) {
  switch (scope.of) {
    case Of::host:
      return true;
    case Of::cpus:
      return std::ranges::includes(parse_cpus(scope.name), parse_cpus(place.cpus));
    case Of::cpu_cgroup:
      return is_within(place.cpu_cgroup, scope.name);
    case Of::memory_cgroup:
      return is_within(place.memory_cgroup, scope.name);
    case Of::shared:
      return place.shared == scope.name;
  }
  return true;
}

const Limit& least(const std::vector<Limit>& limits, std::uint64_t Limit::*by) {
  return *std::ranges::min_element(limits, {}, by);
}

namespace {

class Reader {
 public:
  explicit Reader(const Texts& texts)
      : texts_(texts),
        cgroup_(texts("/proc/self/cgroup").value_or("")),
        mountinfo_(texts("/proc/self/mountinfo").value_or("")) {}

  Limits read() {
    read_cpus();
    read_meminfo();
    read_cpu_groups(groups("cpu"));
    read_memory_groups(groups("memory"));
    for (const std::uint64_t page : {kPage2M, kPage1G})
      read_pool(page, groups("hugetlb"));
    return std::move(limits_);
  }

 private:
  Hierarchy groups(std::string_view controller) const {
    return hierarchy_of(controller, cgroup_, mountinfo_);
  }

  static std::string own(const Hierarchy& hierarchy) {
    return hierarchy.groups.empty() ? "/" : hierarchy.groups.front().path;
  }

  // The host's CPUs are everybody's; those that we are bound to, of all who are bound to them.
  void read_cpus() {
    const auto allowed =
        util::line_behind(texts_("/proc/self/status").value_or(""), "Cpus_allowed_list:");
    const auto online = texts_("/sys/devices/system/cpu/online");
    const std::string cpus = allowed.value_or(util::chomp(online.value_or("0")));
    const std::uint64_t count = std::max<std::size_t>(1, parse_cpus(cpus).size());
    limits_.place.cpus = cpus;
    limits_.cores.push_back(
        {count, count, fmt::format("this process may run on CPUs {}", cpus), {Of::cpus, cpus}});
    const std::uint64_t all = parse_cpus(online.value_or("")).size();
    if (all > 0)
      limits_.cores.push_back(
          {all, all, fmt::format("CPUs {} are online", util::chomp(*online)), {}});
  }

  void read_meminfo() {
    const auto meminfo = texts_("/proc/meminfo");
    const std::uint64_t total = field(meminfo, "MemTotal:") << 10,
                        available = field(meminfo, "MemAvailable:") << 10;
    if (total == 0) throw HostError("/proc/meminfo does not say how much memory there is");
    limits_.memory.push_back({less(total, kLeftToHost),
                              less(available, kLeftToHost),
                              fmt::format("MemAvailable is {} of {}, and {} is left to other "
                                          "programs",
                                          gib(available), gib(total), gib(kLeftToHost)),
                              {}});
  }

  void add_cores(const Cgroup& group, std::string_view file, std::uint64_t quota,
                 std::uint64_t period) {
    if (period == 0) return;
    const std::uint64_t cores = std::max<std::uint64_t>(1, quota / period);
    limits_.cores.push_back(
        {cores,
         cores,
         fmt::format("{} of {} is {} of {}", file, group.directory, quota, period),
         {Of::cpu_cgroup, group.path}});
  }

  // "400000 100000", or "max 100000"; in version 1 two files, -1 for no limit.
  void read_cpu_groups(const Hierarchy& hierarchy) {
    limits_.place.cpu_cgroup = own(hierarchy);
    for (const Cgroup& group : hierarchy.groups) {
      const auto file = [&](const char* name) { return group.directory + "/" + name; };
      if (!hierarchy.v2) {
        const auto quota = number_in(texts_, file("cpu.cfs_quota_us"));
        if (quota)
          add_cores(group, "cpu.cfs_quota_us", *quota,
                    number_in(texts_, file("cpu.cfs_period_us")).value_or(0));
        continue;
      }
      const std::string max = texts_(file("cpu.max")).value_or("");
      const auto quota = number(max);
      const std::size_t blank = max.find(' ');
      if (quota && blank != max.npos)
        add_cores(group, "cpu.max", *quota, number(max.substr(blank)).value_or(0));
    }
  }

  // What is in use and cannot be given back: without files that are on a disk, too.
  void add_memory(const Cgroup& group, const char* file, std::uint64_t max, std::uint64_t used) {
    constexpr std::uint64_t kNone = 1ull << 62;  // version 1 has no word for it, but a number
    if (max >= kNone) return;
    limits_.memory.push_back(
        {less(max, kLeftInGroup),
         less(less(max, used), kLeftInGroup),
         fmt::format("{} of {} is {}, {} of it in use", file, group.directory, gib(max), gib(used)),
         {Of::memory_cgroup, group.path}});
  }

  void read_memory_groups(const Hierarchy& hierarchy) {
    limits_.place.memory_cgroup = own(hierarchy);
    for (const Cgroup& group : hierarchy.groups) {
      const auto file = [&](const char* name) { return group.directory + "/" + name; };
      const auto stat = texts_(file("memory.stat"));
      const char* of_all = hierarchy.v2 ? "" : "total_";
      const std::uint64_t files = field(stat, fmt::format("{}inactive_file ", of_all)) +
                                  field(stat, fmt::format("{}active_file ", of_all));
      const char* in_use = hierarchy.v2 ? "memory.current" : "memory.usage_in_bytes";
      const std::uint64_t used = less(number_in(texts_, file(in_use)).value_or(0), files);
      for (const char* max : {"memory.max", "memory.high", "memory.limit_in_bytes"})
        if (const auto bytes = number_in(texts_, file(max))) add_memory(group, max, *bytes, used);
    }
  }

  void read_pool(std::uint64_t page, const Hierarchy& hierarchy) {
    const std::string pool = fmt::format("/sys/kernel/mm/hugepages/hugepages-{}kB", page >> 10);
    const auto read = [&](const char* name) {
      return number_in(texts_, fmt::format("{}/{}", pool, name)).value_or(0);
    };
    const std::uint64_t total = read("nr_hugepages"),
                        now = less(read("free_hugepages"), read("resv_hugepages"));
    auto& limits = limits_.huge_pages[page];
    limits.push_back({total, now, fmt::format("{} has {}, {} of them free", pool, total, now), {}});
    const std::string name = page == kPage1G ? "hugetlb.1GB" : "hugetlb.2MB";
    for (const Cgroup& group : hierarchy.groups) {
      const std::string base = group.directory + "/" + name;
      const auto max = number_in(texts_, base + (hierarchy.v2 ? ".max" : ".limit_in_bytes"));
      const auto used = number_in(texts_, base + (hierarchy.v2 ? ".current" : ".usage_in_bytes"));
      if (max)
        limits.push_back(
            {*max / page,
             less(*max, used.value_or(0)) / page,
             fmt::format("{} of {} allows {} pages", name, group.directory, *max / page),
             {Of::memory_cgroup, group.path}});
    }
  }

  const Texts& texts_;
  const std::string cgroup_, mountinfo_;
  Limits limits_;
};

}  // namespace

Limits read_limits(const Texts& texts) {
  return Reader(texts).read();
}

}  // namespace kproof::resources
