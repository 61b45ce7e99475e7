#include "slurm/queue.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kproof::slurm {

std::vector<std::string> squeue_argv(const std::set<std::string>& jobs) {
  return {"squeue",       "--noheader",
          "--array",      fmt::format("--jobs={}", fmt::join(jobs, ",")),
          "--states=all", "--format=%F|%i|%T|%r|%N"};
}

static std::vector<std::string> split_fields(std::string_view line) {
  std::vector<std::string> fields;
  for (;;) {
    const std::size_t bar = line.find('|');
    fields.emplace_back(line.substr(0, bar));
    if (bar == line.npos) return fields;
    line.remove_prefix(bar + 1);
  }
}

// squeue goes on listing what ended, for some minutes.
static bool is_over(const std::string& state) {
  static constexpr std::string_view kOver[] = {"COMPLETED", "CANCELLED",     "FAILED",
                                               "TIMEOUT",   "NODE_FAIL",     "PREEMPTED",
                                               "BOOT_FAIL", "OUT_OF_MEMORY", "DEADLINE"};
  return std::ranges::find(kOver, state) != std::end(kOver);
}

std::vector<Task> parse_squeue(std::string_view text) {
  std::vector<Task> tasks;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    auto fields = split_fields(line);
    if (fields.size() != 5 || fields[0].empty() ||
        fields[0].find_first_not_of("0123456789") != std::string::npos || is_over(fields[2]))
      continue;
    tasks.push_back({fields[0], fields[1], fields[2], fields[3], fields[4]});
  }
  return tasks;
}

bool is_held(const Task& task) {
  if (task.state != "PENDING" && task.state != "REQUEUE_HOLD" && task.state != "SPECIAL_EXIT")
    return false;
  std::string reason = task.reason;
  std::ranges::transform(reason, reason.begin(), [](unsigned char c) { return std::tolower(c); });
  return task.state != "PENDING" || reason.find("held") != reason.npos ||
         reason.find("dependencyneversatisfied") != reason.npos;
}

std::string told(const std::vector<Task>& tasks) {
  std::size_t running = 0;
  std::map<std::string, std::size_t> waiting;
  for (const Task& task : tasks)
    if (task.state == "PENDING")
      ++waiting[task.reason];
    else
      ++running;
  std::vector<std::string> parts;
  if (running > 0) parts.push_back(fmt::format("{} running", running));
  for (const auto& [reason, count] : waiting)
    parts.push_back(fmt::format("{} waiting ({})", count, reason));
  return parts.empty() ? "none" : fmt::format("{}", fmt::join(parts, ", "));
}

std::string job_in(std::string_view says) {
  const std::size_t end = says.find_first_not_of("0123456789");
  const std::string_view job = says.substr(0, end);
  return std::string(
      end == says.npos || says[end] == '\n' || says[end] == ';' ? job : std::string_view());
}

}  // namespace kproof::slurm
