#include "mm/zap_probe.hpp"

#include <cerrno>
#include <cstdio>
#include <sstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/safe.hpp"
#include "lib/sysfs.hpp"

namespace kproof::mm {

static const std::string kTracing = "/sys/kernel/tracing";
static const std::string kEvent = "kproof/zap_huge_pud";

static void remove_event() {
  lib::sysfs::try_write(kTracing + "/kprobe_events", "-:" + kEvent);
}

// zap_huge_pud(tlb, vma, pud, addr), 4.11 and later.
ZapProbe::ZapProbe() : instance_(kTracing + "/instances/kproof-" + std::to_string(::getpid())) {
  remove_event();  // of a program that was killed
  lib::sysfs::write(kTracing + "/kprobe_events",
                    "p:" + kEvent + " zap_huge_pud entry=+0($arg3):x64 address=$arg4:x64");
  lib::safe::check(::mkdir(instance_.c_str(), 0700), ("mkdir of " + instance_).c_str());
  lib::sysfs::write(instance_ + "/events/" + kEvent + "/enable", "1");
}

ZapProbe::~ZapProbe() {
  lib::sysfs::try_write(instance_ + "/events/" + kEvent + "/enable", "0");
  ::rmdir(instance_.c_str());
  remove_event();
}

// Of a trace: "  dax_1g_dirty-88  [001] .....  3.1: zap_huge_pud: (zap_huge_pud+0x0/0xb0)
// entry=0x80000001400008e7 address=0x7f4880000000", in one line.
static std::vector<std::uint64_t> zapped_entries(const std::string& trace, std::uint64_t address,
                                                 std::uint64_t length) {
  std::vector<std::uint64_t> entries;
  std::istringstream lines(trace);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find(" entry=0x");
    unsigned long long entry = 0, where = 0;
    if (at == std::string::npos ||
        std::sscanf(line.c_str() + at, " entry=%llx address=%llx", &entry, &where) != 2)
      continue;
    if (where - address < length) entries.push_back(entry);
  }
  return entries;
}

std::vector<std::uint64_t> ZapProbe::seen(const void* address, std::size_t length) const {
  return zapped_entries(lib::sysfs::read(instance_ + "/trace"),
                        reinterpret_cast<std::uint64_t>(address), length);
}

void ZapProbe::forget() {
  // That it is truncated empties a trace; what is written to it does not matter.
  ::close(lib::safe::open((instance_ + "/trace").c_str(), O_WRONLY | O_TRUNC));
}

}  // namespace kproof::mm
