#include "kvm/nodes.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <sys/syscall.h>
#include <unistd.h>

#include "lib/cpu.hpp"
#include "lib/sysfs.hpp"

namespace kproof::kvm {

static const std::string kNodes = "/sys/devices/system/node/";

// "Node 0 MemTotal:        1024 kB"
static bool has_memory(const std::string& node) {
  const std::string text = lib::sysfs::read(node + "/meminfo");
  const auto total = text.find("MemTotal:");
  return total != std::string::npos && std::strtoull(text.c_str() + total + 9, nullptr, 10) > 0;
}

std::vector<unsigned> memory_nodes() {
  std::vector<unsigned> nodes;
  for (const std::string& name : lib::sysfs::list(kNodes)) {
    unsigned node = 0;
    if (std::sscanf(name.c_str(), "node%u", &node) == 1 && has_memory(kNodes + name))
      nodes.push_back(node);
  }
  return nodes.empty() ? std::vector<unsigned>{0} : nodes;
}

int cpu_of(unsigned node) {
  for (const int cpu : lib::allowed_cpus())
    if (lib::sysfs::exists(kNodes + "node" + std::to_string(node) + "/cpu" + std::to_string(cpu)))
      return cpu;
  return -1;
}

std::vector<int> nodes_of(pid_t pid, const std::vector<void*>& pages) {
  std::vector<int> nodes(pages.size(), -EFAULT);
  ::syscall(SYS_move_pages, pid, pages.size(), pages.data(), nullptr, nodes.data(), 0);
  return nodes;
}

int move_pages_to(unsigned node, pid_t pid, const std::vector<void*>& pages) {
  constexpr int kMoveAll = 1 << 2;  // MPOL_MF_MOVE_ALL
  const std::vector<int> targets(pages.size(), static_cast<int>(node));
  std::vector<int> status(pages.size());
  return ::syscall(SYS_move_pages, pid, pages.size(), pages.data(), targets.data(), status.data(),
                   kMoveAll) < 0
             ? errno
             : 0;
}

}  // namespace kproof::kvm
