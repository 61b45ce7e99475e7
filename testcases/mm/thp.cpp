#include "mm/thp.hpp"

#include <cinttypes>
#include <cstdio>
#include <string>

#include <sys/mman.h>

#include "lib/ktap.hpp"
#include "lib/safe.hpp"
#include "lib/sysfs.hpp"
#include "mm/anonymous.hpp"

namespace kproof::mm {

std::string Thp::missing() {
  const std::string path = "/sys/kernel/mm/transparent_hugepage/enabled";
  const std::string enabled = lib::sysfs::read(path);
  if (enabled.empty()) return path + ": not there: no THP in this kernel";
  if (enabled.find("[never]") == std::string::npos) return "";
  return path + " is \"" + enabled + "\" (the default in less than 512 MiB of RAM)";
}

Thp::Thp() : Provider(kPmdSize, Kind::anonymous) {
  if (const std::string why = missing(); !why.empty()) lib::ktap::bail_out("%s", why.c_str());
}

void* Thp::map(std::size_t length) {
  void* memory = map_aligned(length, kPmdSize);
  lib::safe::madvise(memory, length, MADV_HUGEPAGE);
  return memory;
}

std::optional<HugeAccount> Thp::account(const void* address, std::size_t length) {
  const auto first = reinterpret_cast<std::uintptr_t>(address);
  const std::string smaps = lib::sysfs::read("/proc/self/smaps");
  if (smaps.empty()) return std::nullopt;
  std::size_t sum = 0;
  bool inside = false;
  for (std::size_t at = 0; at < smaps.size(); at = smaps.find('\n', at) + 1) {
    std::uintptr_t start = 0, end = 0;
    std::size_t kilobytes = 0;
    if (std::sscanf(&smaps[at], "%" SCNxPTR "-%" SCNxPTR " ", &start, &end) == 2)
      inside = start >= first && end <= first + length;
    else if (inside && std::sscanf(&smaps[at], "AnonHugePages: %zu kB", &kilobytes) == 1)
      sum += kilobytes << 10;
    if (smaps.find('\n', at) == std::string::npos) break;
  }
  return HugeAccount{"AnonHugePages", sum};
}

}  // namespace kproof::mm
