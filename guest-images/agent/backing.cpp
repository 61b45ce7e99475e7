#include "backing.hpp"

#include <cerrno>
#include <cstring>

#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "machine/devdax.hpp"
#include "machine/hugetlb.hpp"
#include "machine/sysfs.hpp"

namespace kproof::guest {
namespace sysfs = machine::sysfs;

static constexpr std::uint64_t kPmd = 2ull << 20, kPud = 1ull << 30;
static const std::string kMountPoint = "/run/kproof-ram";

// A file for RAM on a new filesystem of its own.
static Backing file_on(const char* type, const std::string& options) {
  ::mkdir(kMountPoint.c_str(), 0700);
  if (::mount(type, kMountPoint.c_str(), type, 0, options.c_str()) == 0)
    return {kMountPoint + "/ram", "", false};
  return {"", std::string("mount ") + type + " with " + options + ": " + std::strerror(errno),
          false};
}

static Backing tmpfs(const char* huge, std::uint64_t bytes) {
  return file_on("tmpfs", std::string("huge=") + huge + ",size=" + std::to_string(bytes));
}

static Backing hugetlb(std::uint64_t page, std::uint64_t bytes) {
  const std::string error = machine::reserve_hugetlb(page, bytes / page);
  if (!error.empty()) return {"", error, false};
  return file_on("hugetlbfs", "pagesize=" + std::to_string(page));
}

static Backing devdax(std::uint64_t align, std::uint64_t bytes) {
  const machine::Devdax found = machine::devdax(align, bytes, true);
  return {found.node, found.error, false};
}

// QEMU asks for huge pages itself, so `madvise` does as well as `always`.
static Backing anonymous_thp() {
  const std::string enabled = "/sys/kernel/mm/transparent_hugepage/enabled";
  if (!sysfs::exists(enabled)) return {"", enabled + ": not there: this kernel has no THP", false};
  const bool never = sysfs::read(enabled).find("[never]") != std::string::npos;
  const int error = never ? sysfs::try_write(enabled, "madvise") : 0;
  return {"", error ? enabled + ": " + std::strerror(error) : "", false};
}

Backing prepare_backing(std::string_view kind, std::uint64_t bytes, bool shared) {
  if (kind == "anonymous") return shared ? tmpfs("never", bytes) : Backing{"", "", true};
  if (kind == "thp") return shared ? tmpfs("always", bytes) : anonymous_thp();
  if (kind == "hugetlb-2m") return hugetlb(kPmd, bytes);
  if (kind == "hugetlb-1g") return hugetlb(kPud, bytes);
  if (kind == "devdax-2m") return devdax(kPmd, bytes);
  if (kind == "devdax-1g") return devdax(kPud, bytes);
  return {"", "no such backing: " + std::string(kind), false};
}

std::string disable_thp() {
  return ::prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) == 0 ? "" : std::strerror(errno);
}

BackingFacts backing_facts(pid_t pid, const std::string& path) {
  return parse_backing(sysfs::read("/proc/" + std::to_string(pid) + "/smaps"), path);
}

}  // namespace kproof::guest
