#include "resources/taken.hpp"

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>

#include "util/proc_file.hpp"

namespace kproof::resources {
namespace fs = std::filesystem;

// "RssAnon:      123 kB"
static std::uint64_t kib(std::string_view status, std::string_view key) {
  const std::size_t at = status.find(key);
  if (at == status.npos || (at > 0 && status[at - 1] != '\n')) return 0;
  return std::strtoull(std::string(status.substr(at + key.size(), 32)).c_str(), nullptr, 10);
}

Taken taken_of(std::string_view status) {
  const std::uint64_t shared = kib(status, "RssShmem:") << 10;
  return {.memory = (kib(status, "RssAnon:") << 10) + shared,
          .huge = kib(status, "HugetlbPages:") << 10,
          .shared = shared};
}

static void add(Taken& sum, const Taken& more) {
  sum.memory += more.memory;
  sum.huge += more.huge;
  sum.shared += more.shared;
}

// A kernel with CONFIG_PROC_CHILDREN lists them, thread by thread.
static void add_listed_children(int pid, std::map<int, Taken>& all) {
  std::error_code gone;
  const fs::path tasks = fs::path("/proc") / std::to_string(pid) / "task";
  for (fs::directory_iterator task(tasks, gone), end; !gone && task != end; task.increment(gone)) {
    std::istringstream children(util::read_proc_file(task->path() / "children"));
    for (int child = 0; children >> child;)
      add(all[pid],
          taken_of(util::read_proc_file(fs::path("/proc") / std::to_string(child) / "status")));
  }
}

// Where it does not, all processes are asked for their parents.
static void add_children(const std::set<int>& pids, std::map<int, Taken>& all) {
  std::error_code gone;
  for (fs::directory_iterator entry("/proc", gone), end; !gone && entry != end;
       entry.increment(gone)) {
    if (std::atoi(entry->path().filename().c_str()) <= 0) continue;
    const std::string status = util::read_proc_file(entry->path() / "status");
    const int parent = static_cast<int>(kib(status, "PPid:"));
    if (pids.contains(parent)) add(all[parent], taken_of(status));
  }
}

std::map<int, Taken> taken_by_children_of(const std::set<int>& pids) {
  std::map<int, Taken> all;
  if (!fs::exists("/proc/thread-self/children"))
    add_children(pids, all);
  else
    for (const int pid : pids)
      add_listed_children(pid, all);
  return all;
}

}  // namespace kproof::resources
