#include "console/holder.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <re2/re2.h>

#include "console/trace_lines.hpp"

namespace kproof::console {

// A task as its scheduler dump shows it: "task:name state:D ... pid:12", then its stack.
static const Stack kTask{
    {"@T", kTrace}, {}, "^io_schedule|^__switch_to|^context_switch$|slowlock|slowpath$"};
static const Stack kWorker{{"Showing backtraces of running workers", "@T", kTrace}};

static Accusation accuse(std::string frame, std::string reason) {
  return {{std::move(frame), -1, std::move(reason)}, true};
}

static Accusation nobody(std::string reason) {
  return {{"", -1, std::move(reason)}, false};
}

// The kernel's own guess, debug_show_blocker() in kernel/hung_task.c: it prints the owner's stack
// behind it.
static Accusation named_owner(const std::vector<ReportLine>& lines) {
  static const RE2 blocked(
      R"(^INFO: task .* blocked on an? (\S+) likely (?:owned|last held) by task (\S+:\d+))");
  std::string lock, owner;
  const auto named = std::ranges::find_if(lines, [&](const ReportLine& line) {
    return RE2::PartialMatch(line.text, blocked, &lock, &owner);
  });
  if (named == lines.end()) return {};
  return accuse(find_frame(kTask, {named + 1, lines.end()}).frame,
                fmt::format("the {} is likely owned by {}", lock, owner));
}

struct HeldLock {
  std::string task;     // "name/12"
  std::string address;  // of the lock
  std::string name;     // of its class
  std::string taken_in;
};

// "Showing all locks held in the system:", each task's in the order in which it took them. What a
// task waits for stands last: lockdep counts it as held from the attempt on.
static std::vector<HeldLock> read_locks(const std::vector<ReportLine>& lines) {
  static const RE2 holder(R"(^\d+ locks? held by (\S+/\d+))");
  static const RE2 held(expand(R"(^ *#\d+: +([0-9a-f]{8,}) \((.*)\)\{.*\}.*, at: (?:@PC )?@F)"));
  std::vector<HeldLock> locks;
  std::string task;
  for (const ReportLine& line : lines) {
    HeldLock lock;
    if (RE2::PartialMatch(line.text, holder, &task)) continue;
    if (!RE2::PartialMatch(line.text, held, &lock.address, &lock.name, &lock.taken_in)) continue;
    lock.task = task;
    locks.push_back(std::move(lock));
  }
  return locks;
}

static Accusation shown_holder(const std::string& hung_pid, const std::vector<HeldLock>& locks) {
  const HeldLock* wanted = nullptr;
  for (const HeldLock& lock : locks)
    if (lock.task.ends_with("/" + hung_pid)) wanted = &lock;
  if (!wanted) return nobody("no lock of the hung task was printed");
  const HeldLock* holder = nullptr;
  for (std::size_t i = 0; i < locks.size(); ++i) {
    if (locks[i].address != wanted->address || locks[i].task == wanted->task) continue;
    const bool waits_too = i + 1 == locks.size() || locks[i + 1].task != locks[i].task;
    if (!holder || !waits_too) holder = &locks[i];
    if (!waits_too) break;
  }
  if (!holder) return nobody(fmt::format("no other task is shown to hold {}", wanted->name));
  return accuse(holder->taken_in, fmt::format("{} holds {}, taken in {}", holder->task,
                                              wanted->name, holder->taken_in));
}

// A pool's worker by its stack (since 6.3), else by the item that is in flight on the stuck CPUs.
static Accusation busy_worker(const std::vector<ReportLine>& lines) {
  static const RE2 pool(R"(pool (cpus=\S+) )");
  static const RE2 queue(R"(^ *pwq \d+: (cpus=\S+) )");
  static const RE2 flying(R"(^ *in-flight: (\d+)(?:\(RESCUER\))?:([a-zA-Z0-9_]+))");
  std::string stuck, cpus, worker, item;
  RE2::PartialMatch(lines.front().text, pool, &stuck);
  for (const ReportLine& line : lines) {
    RE2::PartialMatch(line.text, queue, &cpus);
    if (cpus == stuck && RE2::PartialMatch(line.text, flying, &worker, &item)) break;
  }
  const std::string shown = find_frame(kWorker, lines).frame;
  if (worker.empty() && shown.empty()) return nobody("no worker of the pool is shown to run");
  if (worker.empty()) return accuse(shown, fmt::format("a worker of the pool runs {}", shown));
  return accuse(shown.empty() ? item : shown, fmt::format("worker {} runs {}", worker, item));
}

Accusation find_holder(const std::vector<ReportLine>& lines) {
  static const RE2 hung(R"(INFO: task .*:(\d+) (?:blocked|can't die) )");
  std::string pid;
  if (!RE2::PartialMatch(lines.front().text, hung, &pid)) return busy_worker(lines);
  if (Accusation named = named_owner(lines); !named.culprit.reason.empty()) return named;
  return shown_holder(pid, read_locks(lines));
}

}  // namespace kproof::console
