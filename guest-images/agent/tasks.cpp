#include "tasks.hpp"

#include <cstdlib>
#include <sstream>

#include <dirent.h>

#include "util/proc_file.hpp"

namespace kproof::guest {

static constexpr std::size_t kMostTasks = 64, kMostStack = 4096;

bool parse_stat(const std::string& line, Stat& stat) {
  const std::size_t open = line.find('('), close = line.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close < open) return false;
  stat.name = line.substr(open + 1, close - open - 1);
  std::istringstream rest(line.substr(close + 1));
  long parent = 0, group = 0;
  return static_cast<bool>(rest >> stat.state >> parent >> group >> stat.session);
}

std::uint64_t parse_switches(const std::string& status) {
  std::uint64_t sum = 0;
  std::istringstream lines(status);
  for (std::string line; std::getline(lines, line);)
    if (line.find("voluntary_ctxt_switches:") != std::string::npos)
      sum += std::strtoull(line.c_str() + line.find(':') + 1, nullptr, 10);
  return sum;
}

static std::vector<int> numbers_in(const std::string& path) {
  std::vector<int> numbers;
  DIR* dir = ::opendir(path.c_str());
  if (!dir) return numbers;
  while (const dirent* entry = ::readdir(dir))
    if (const int number = std::atoi(entry->d_name); number > 0) numbers.push_back(number);
  ::closedir(dir);
  return numbers;
}

static agent::Task look_at(int pid, int tid, const std::string& directory) {
  agent::Task task{.pid = pid, .tid = tid};
  Stat stat;
  if (parse_stat(util::read_proc_file(directory + "/stat"), stat)) {
    task.name = stat.name;
    task.state = stat.state;
  }
  task.wchan = util::read_proc_file(directory + "/wchan");
  if (task.wchan == "0") task.wchan.clear();  // the kernel's word for: it does not sleep
  task.stack = util::read_proc_file(directory + "/stack").substr(0, kMostStack);
  task.switches = parse_switches(util::read_proc_file(directory + "/status"));
  return task;
}

std::vector<agent::Task> tasks_of_session(pid_t leader) {
  std::vector<agent::Task> tasks;
  for (const int pid : numbers_in("/proc")) {
    const std::string process = "/proc/" + std::to_string(pid);
    Stat stat;
    if (!parse_stat(util::read_proc_file(process + "/stat"), stat) || stat.session != leader)
      continue;
    for (const int tid : numbers_in(process + "/task"))
      if (tasks.size() < kMostTasks)
        tasks.push_back(look_at(pid, tid, process + "/task/" + std::to_string(tid)));
  }
  return tasks;
}

}  // namespace kproof::guest
