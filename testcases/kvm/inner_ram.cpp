#include "kvm/inner_ram.hpp"

#include <algorithm>
#include <cinttypes>
#include <climits>
#include <cstdio>
#include <cstdlib>

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

static bool is_dax(const std::string& path) {
  return path.rfind("/dev/dax", 0) == 0;
}

// smaps walks the page tables too; the device tells the size of its pages by itself.
static void add_page_size(pid_t pid, InnerRam& ram, const std::string& line) {
  if (is_dax(ram.path)) {
    ram.page = lib::sysfs::read_number("/sys/bus/dax/devices/" + ram.path.substr(5) + "/align");
    ram.text = line + ", pages of " + std::to_string(ram.page >> 10) + " kB";
    return;
  }
  const std::string smaps = lib::sysfs::read(proc(pid, "smaps"));
  const auto at = smaps.find(line.substr(0, line.find(' ')));
  if (at == std::string::npos) return;
  ram.page = std::max<std::size_t>(field(smaps, at, "KernelPageSize") << 10, ram.page);
  ram.text = describe(smaps, at);
}

// "7f06-7f07 rw-s 00000000 00:19 2      /run/ram"
std::optional<InnerRam> inner_ram(pid_t pid) {
  const std::string maps = lib::sysfs::read(proc(pid, "maps"));
  std::optional<InnerRam> largest;
  std::string line_of_largest;
  for (std::size_t at = 0, end = 0; at < maps.size(); at = end + 1) {
    end = std::min(maps.find('\n', at), maps.size());
    const std::string line = maps.substr(at, end - at);
    std::uint64_t first = 0, last = 0, offset = 0;
    char rights[5] = "";
    int path = 0;
    if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %*s %n", &first,
                    &last, rights, &offset, &path) != 4 ||
        rights[1] != 'w' || (largest && last - first <= largest->range.length))
      continue;
    largest = {.range = {first, last - first},
               .path = line.substr(static_cast<std::size_t>(path)),
               .offset = offset,
               .shared = rights[3] == 's'};
    line_of_largest = line;
  }
  if (!largest) return largest;
  add_page_size(pid, *largest, line_of_largest);
  if (largest->path.rfind('/', 0) == 0) largest->fd = fd_of(pid, largest->path);
  return largest;
}

bool can_count_pages(const InnerRam& ram) {
  constexpr std::size_t kPud = std::size_t{1} << 30;
  return ram.page < kPud || !is_dax(ram.path);
}

std::vector<std::size_t> pages_with(unsigned bit, pid_t pid, const HvaRange& range) {
  constexpr std::size_t kPage = 4096;
  std::vector<std::uint64_t> entries(range.length / kPage);
  const int fd = ::open(proc(pid, "pagemap").c_str(), O_RDONLY | O_CLOEXEC);
  const ssize_t n = ::pread(fd, entries.data(), entries.size() * sizeof entries[0],
                            static_cast<off_t>(range.start / kPage * sizeof entries[0]));
  ::close(fd);
  entries.resize(n > 0 ? static_cast<std::size_t>(n) / sizeof entries[0] : 0);
  std::vector<std::size_t> offsets;
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (entries[i] >> bit & 1) offsets.push_back(i * kPage);
  return offsets;
}

std::size_t count_mappings(pid_t pid) {
  const std::string maps = lib::sysfs::read(proc(pid, "maps"));
  return static_cast<std::size_t>(std::count(maps.begin(), maps.end(), '\n'));
}

}  // namespace kproof::kvm
