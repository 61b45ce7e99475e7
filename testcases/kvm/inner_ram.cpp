#include "kvm/inner_ram.hpp"

#include <algorithm>
#include <cinttypes>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "lib/sysfs.hpp"

namespace kproof::kvm {

static std::string proc(pid_t pid, const char* file) {
  return "/proc/" + std::to_string(pid) + "/" + file;
}

// The number in kB behind "<field>:" of the mapping whose lines start at `at` of smaps.
static std::uint64_t field(const std::string& smaps, std::size_t at, const char* field) {
  const auto name = smaps.find(std::string("\n") + field + ":", at);
  const auto end = smaps.find("VmFlags:", at);
  return name == std::string::npos || name > end
             ? 0
             : std::strtoull(smaps.c_str() + smaps.find(':', name) + 1, nullptr, 10);
}

static std::string describe(const std::string& smaps, std::size_t at) {
  std::string text = smaps.substr(at, smaps.find('\n', at) - at);
  for (const char* name :
       {"Size", "KernelPageSize", "Rss", "AnonHugePages", "ShmemPmdMapped", "Shared_Hugetlb"})
    if (const auto kb = field(smaps, at, name); kb > 0)
      text += std::string(", ") + name + " " + std::to_string(kb) + " kB";
  return text;
}

// -1 if the process has closed it.
static int fd_of(pid_t pid, const std::string& path) {
  const std::string directory = proc(pid, "fd/");
  for (const std::string& name : lib::sysfs::list(directory)) {
    char target[PATH_MAX];
    const ssize_t length = ::readlink((directory + name).c_str(), target, sizeof target);
    if (length > 0 && path == std::string(target, static_cast<std::size_t>(length)))
      return std::atoi(name.c_str());
  }
  return -1;
}

// "7f06-7f07 rw-s 00000000 00:19 2      /run/ram"; each mapping's fields follow its line.
std::optional<InnerRam> inner_ram(pid_t pid) {
  const std::string smaps = lib::sysfs::read(proc(pid, "smaps"));
  std::optional<InnerRam> largest;
  for (std::size_t at = 0; at < smaps.size();) {
    std::uint64_t start = 0, end = 0, offset = 0;
    char rights[5] = "";
    int path = 0;
    if (std::sscanf(&smaps[at], "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %*s %n", &start, &end,
                    rights, &offset, &path) == 4 &&
        rights[1] == 'w' && (!largest || end - start > largest->range.length)) {
      const auto line_end = std::min(smaps.find('\n', at), smaps.size());
      const auto from = std::min(at + static_cast<std::size_t>(path), line_end);
      largest = {.range = {start, end - start},
                 .path = smaps.substr(from, line_end - from),
                 .offset = offset,
                 .shared = rights[3] == 's',
                 .page = std::max<std::size_t>(field(smaps, at, "KernelPageSize") << 10, 4096),
                 .text = describe(smaps, at)};
    }
    const auto next = smaps.find("VmFlags:", at);
    at = next == std::string::npos ? next : smaps.find('\n', next);
    if (at == std::string::npos) break;
    ++at;
  }
  if (largest && !largest->path.empty() && largest->path[0] == '/')
    largest->fd = fd_of(pid, largest->path);
  return largest;
}

bool can_count_pages(const InnerRam& ram) {
  constexpr std::size_t kPud = std::size_t{1} << 30;
  return ram.page < kPud || ram.path.rfind("/dev/dax", 0) != 0;
}

std::size_t present_pages(pid_t pid, const HvaRange& range) {
  constexpr std::size_t kPage = 4096;
  std::vector<std::uint64_t> entries(range.length / kPage);
  const int fd = ::open(proc(pid, "pagemap").c_str(), O_RDONLY | O_CLOEXEC);
  const ssize_t n = ::pread(fd, entries.data(), entries.size() * sizeof entries[0],
                            static_cast<off_t>(range.start / kPage * sizeof entries[0]));
  ::close(fd);
  entries.resize(n > 0 ? static_cast<std::size_t>(n) / sizeof entries[0] : 0);
  return static_cast<std::size_t>(std::count_if(
      entries.begin(), entries.end(), [](std::uint64_t entry) { return entry >> 63 != 0; }));
}

std::size_t count_mappings(pid_t pid) {
  const std::string maps = lib::sysfs::read(proc(pid, "maps"));
  return static_cast<std::size_t>(std::count(maps.begin(), maps.end(), '\n'));
}

}  // namespace kproof::kvm
