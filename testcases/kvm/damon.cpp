#include "kvm/damon.hpp"

#include <unistd.h>

#include "lib/sysfs.hpp"

namespace kproof::kvm {

static const std::string kKdamonds = "/sys/kernel/mm/damon/admin/kdamonds/";
static const std::string kKdamond = kKdamonds + "0/";
static const std::string kContext = kKdamond + "contexts/0/";

static void set(const std::string& path, std::uint64_t value) {
  lib::sysfs::write(path, std::to_string(value));
}

// One kdamond with one context and one scheme, none of which does anything yet.
static void make() {
  set(kKdamonds + "nr_kdamonds", 1);
  set(kKdamond + "contexts/nr_contexts", 1);
  set(kContext + "schemes/nr_schemes", 1);
}

// The scheme does nothing and applies to everything: it has the regions listed.
static void report_all() {
  const std::string scheme = kContext + "schemes/0/";
  lib::sysfs::write(scheme + "action", "stat");
  for (const char* property : {"sz", "nr_accesses", "age"})
    set(scheme + "access_pattern/" + property + "/max", 1ull << 31);
}

std::string Damon::missing() {
  return lib::sysfs::exists(kKdamonds) ? "" : "CONFIG_DAMON_SYSFS is not set";
}

bool Damon::lists_regions() {
  make();
  const bool lists = lib::sysfs::exists(kContext + "schemes/0/tried_regions");
  set(kKdamonds + "nr_kdamonds", 0);
  return lists;
}

Damon::Damon(const std::vector<HvaRange>& ranges, const Intervals& intervals) {
  make();
  lib::sysfs::write(kContext + "operations", "fvaddr");
  set(kContext + "monitoring_attrs/intervals/sample_us", intervals.sample);
  set(kContext + "monitoring_attrs/intervals/aggr_us", intervals.aggregation);
  set(kContext + "targets/nr_targets", 1);
  set(kContext + "targets/0/pid_target", static_cast<std::uint64_t>(::getpid()));
  const std::string regions = kContext + "targets/0/regions/";
  set(regions + "nr_regions", ranges.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    set(regions + std::to_string(i) + "/start", ranges[i].start);
    set(regions + std::to_string(i) + "/end", ranges[i].end());
  }
  report_all();
  lib::sysfs::write(kKdamond + "state", "on");
}

Damon::~Damon() {
  lib::sysfs::try_write(kKdamond + "state", "off");
  lib::sysfs::try_write(kKdamonds + "nr_kdamonds", "0");
}

std::uint64_t Damon::accesses(const HvaRange& range) {
  lib::sysfs::write(kKdamond + "state", "update_schemes_tried_regions");
  const std::string regions = kContext + "schemes/0/tried_regions/";
  std::uint64_t sum = 0;
  for (const std::string& name : lib::sysfs::list(regions)) {
    const auto start = lib::sysfs::read_number(regions + name + "/start");
    if (start >= range.start && start < range.end())
      sum += lib::sysfs::read_number(regions + name + "/nr_accesses");
  }
  return sum;
}

}  // namespace kproof::kvm
