#include "kvm/numa_balancing.hpp"

#include <cstdlib>

#include "lib/sysfs.hpp"

namespace kproof::kvm {

static const char* const kSwitch = "/proc/sys/kernel/numa_balancing";
static const char* const kTunables = "/sys/kernel/debug/sched/numa_balancing/";

std::string NumaBalancing::missing() {
  if (!lib::sysfs::exists(kSwitch)) return "CONFIG_NUMA_BALANCING is not set";
  if (!lib::sysfs::exists(kTunables)) return std::string(kTunables) + " is not there";
  if (lib::sysfs::read("/proc/self/sched").find("numa_scan_seq") == std::string::npos)
    return "/proc/self/sched has no numa_scan_seq: CONFIG_SCHED_DEBUG is not set";
  return "";
}

// The least that task_scan_min() allows is 100 ms of CPU time from one piece of a pass to the next.
NumaBalancing::NumaBalancing(bool on) {
  if (!on) {
    if (lib::sysfs::exists(kSwitch)) settings_.set(kSwitch, "0");
    return;
  }
  for (const char* period : {"scan_delay_ms", "scan_period_min_ms", "scan_period_max_ms"})
    settings_.set(std::string(kTunables) + period, "1");
  settings_.set(kSwitch, "1");
}

// The number in the line "<anything>key<anything>:  <number>", or behind "key ".
static unsigned long long number_behind(const std::string& text, const std::string& key,
                                        char separator) {
  const auto at = text.find(key);
  const auto value = at == std::string::npos ? at : text.find(separator, at);
  return value == std::string::npos ? 0 : std::strtoull(text.c_str() + value + 1, nullptr, 10);
}

unsigned NumaBalancing::passes() {
  return static_cast<unsigned>(
      number_behind(lib::sysfs::read("/proc/self/sched"), "numa_scan_seq", ':'));
}

std::size_t NumaBalancing::piece() {
  return lib::sysfs::read_number(std::string(kTunables) + "scan_size_mb") << 20;
}

unsigned long long pages_migrated() {
  return number_behind(lib::sysfs::read("/proc/vmstat"), "pgmigrate_success", ' ');
}

unsigned long long pages_balanced() {
  return number_behind(lib::sysfs::read("/proc/vmstat"), "numa_pages_migrated", ' ');
}

}  // namespace kproof::kvm
