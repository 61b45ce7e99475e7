#include "slurm/run.hpp"

#include <algorithm>
#include <chrono>
#include <functional>

#include <fmt/format.h>
#include <poll.h>

#include "page/reports.hpp"
#include "report/json.hpp"
#include "slurm/client.hpp"
#include "slurm/directory.hpp"
#include "slurm/scripts.hpp"
#include "util/error.hpp"
#include "util/fd.hpp"
#include "util/files.hpp"
#include "worker/depot.hpp"
#include "worker/nodes.hpp"
#include "worker/worker.hpp"

namespace kproof::slurm {
namespace fs = std::filesystem;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

class ClusterRun {
 public:
  ClusterRun(const Options& options, const run::StopRequest& stop,
             const sweep::SweepListener& listener)
      : options_(options), stop_(stop), listener_(listener) {}
  report::RunReport run();

 private:
  Request request() const;
  void write_scripts() const;
  void begin();
  void submit_all();
  void watch();
  bool look_at_queue();
  void drop_held(std::vector<Task>& tasks);
  void look_at_files();
  bool await_tasks(util::Millis time, std::string& left,
                   const std::function<bool(const std::vector<Task>&)>& enough) const;
  void end_jobs();
  bool sleep(util::Millis time) const;
  report::RunReport end();
  std::size_t left() const { return batch_.items.size() - finished_.size(); }
  const fs::path& out() const { return options_.sweep.out; }

  const Options& options_;
  const run::StopRequest& stop_;
  const sweep::SweepListener& listener_;
  worker::Batch batch_;
  std::set<std::string> jobs_;
  std::set<std::string> finished_;  // cells
  std::set<std::string> told_;      // lines about the queue and the nodes, each once
  unsigned submitted_ = 0;          // times
  unsigned empty_ = 0;              // times in a row that the queue had nothing of ours
  bool interrupted_ = false;
};

}  // namespace

static constexpr unsigned kMostSubmitted = 3;
// Beside guests: kproof itself, and the images that it makes.
static constexpr std::uint64_t kAroundGuests = 1ull << 30;

Request ClusterRun::request() const {
  const worker::Largest largest = worker::largest_of(batch_);
  return {.name = options_.sweep.plan.name,
          .program = fs::canonical("/proc/self/exe"),
          .directory = out(),
          .workers = std::max<unsigned>(
              1, std::min<unsigned>(options_.workers, static_cast<unsigned>(left()))),
          .time = options_.job_time,
          .cpus = largest.vcpus,
          .memory = largest.memory + kAroundGuests,
          .build_cpus = largest.vcpus,
          .options = options_.sbatch};
}

static fs::path kernels_file(const fs::path& out) {
  return out / "slurm" / "kernels.sh";
}
static fs::path workers_file(const fs::path& out) {
  return out / "slurm" / "workers.sh";
}

void ClusterRun::write_scripts() const {
  fs::create_directories(out() / "slurm");
  util::write_file_atomically(kernels_file(out()), kernels_script(request()));
  util::write_file_atomically(workers_file(out()), workers_script(request()));
}

void ClusterRun::submit_all() {
  ++submitted_;
  empty_ = 0;
  write_scripts();
  const bool kernels = !std::ranges::all_of(
      batch_.kernels, [&](const std::string& kernel) { return worker::is_stored(out(), kernel); });
  std::string first;
  if (kernels) {
    jobs_.insert(first = submit(kernels_file(out()), ""));
    write_jobs(out(), jobs_);
    listener_.say(
        fmt::format("job {} makes {}", first, util::format_count(batch_.kernels.size(), "kernel")));
  }
  const std::string job = submit(workers_file(out()), first);
  jobs_.insert(job);
  write_jobs(out(), jobs_);
  listener_.say(fmt::format("job {} has {}; logs: {}", job,
                            util::format_count(request().workers, "worker"),
                            (out() / "slurm").string()));
}

void ClusterRun::look_at_files() {
  for (const worker::Item& item : batch_.items) {
    if (finished_.contains(item.id) || !fs::exists(worker::result_of(out(), item.id))) continue;
    try {
      listener_.on_result(report::read_cell(out() / "cells" / item.id));
      finished_.insert(item.id);
    } catch (const HostError& error) {
      if (told_.insert(error.what()).second) listener_.say(error.what());
    }
  }
  for (const worker::NodeFault& fault : worker::node_faults(out()))
    if (const std::string line = fmt::format("{}: {}", fault.worker, fault.what);
        told_.insert(line).second)
      listener_.say(line);
}

// Nobody would ever let them go: another submission stands in for them.
void ClusterRun::drop_held(std::vector<Task>& tasks) {
  std::set<std::string> held;
  for (const Task& task : tasks)
    if (is_held(task)) {
      held.insert(task.task);
      listener_.say(fmt::format("job {} is held by Slurm ({}): cancelled", task.task, task.reason));
    }
  if (held.empty()) return;
  cancel(held);
  std::erase_if(tasks, is_held);
}

// False when all jobs are gone, seen twice, as files come later than the queue's news.
bool ClusterRun::look_at_queue() {
  std::string why;
  auto tasks = tasks_of(jobs_, why);
  if (!tasks) {
    if (told_.insert(why).second)
      listener_.say(fmt::format("squeue does not answer ({}): files tell what happens", why));
    return true;
  }
  drop_held(*tasks);
  const std::string line = fmt::format("jobs: {}", told(*tasks));
  if (told_.insert(line).second) listener_.say(line);
  empty_ = tasks->empty() ? empty_ + 1 : 0;
  return empty_ < 2;
}

bool ClusterRun::sleep(util::Millis time) const {
  return !util::is_readable(stop_.fd(), time);
}

// Files are looked at each second, and the queue now and then: many who ask often are a load.
void ClusterRun::watch() {
  constexpr auto kQueueEvery = 10s;
  auto next_query = steady_clock::now() + 2s;
  while (left() > 0) {
    if (!sleep(1s)) {
      interrupted_ = true;
      return;
    }
    look_at_files();
    if (left() == 0 || steady_clock::now() < next_query) continue;
    const bool there = look_at_queue();
    next_query = steady_clock::now() + (empty_ > 0 ? 2s : kQueueEvery);
    if (there) continue;
    if (submitted_ >= kMostSubmitted) return;
    listener_.say(fmt::format("all jobs are gone, and {} without a result: submitted again",
                              left() == 1 ? "one cell is" : fmt::format("{} cells are", left())));
    submit_all();
  }
}

// Until `enough` is true of the tasks that are left. False when it is not in time.
bool ClusterRun::await_tasks(util::Millis time, std::string& left,
                             const std::function<bool(const std::vector<Task>&)>& enough) const {
  const auto until = steady_clock::now() + time;
  for (;;) {
    const auto tasks = tasks_of(jobs_, left);
    if (tasks && enough(*tasks)) return true;
    if (tasks) left = told(*tasks);
    if (steady_clock::now() >= until) return false;
    ::poll(nullptr, 0, 1000);
  }
}

// Workers that run see by themselves that nothing is left; those that wait for a turn are
// cancelled.
void ClusterRun::end_jobs() {
  constexpr auto kGrace = 20s, kPatience = 120s;
  std::string left;
  const auto none_runs = [](const std::vector<Task>& tasks) {
    return std::ranges::all_of(tasks, [](const Task& task) { return task.state == "PENDING"; });
  };
  if (interrupted_)
    listener_.say("the jobs are cancelled; what is finished is kept");
  else
    await_tasks(kGrace, left, none_runs);
  cancel(jobs_);
  if (await_tasks(kPatience, left, [](const std::vector<Task>& tasks) { return tasks.empty(); }))
    write_jobs(out(), {});
  else
    listener_.say(
        fmt::format("two minutes after they were cancelled, these jobs are there: {}", left));
}

void ClusterRun::begin() {
  batch_ = open_directory(options_);
  fs::create_directories(out() / "slurm");
  jobs_ = jobs_in(out());
  std::string why;
  const auto alive = tasks_of(jobs_, why);
  if (!alive)
    throw HostError(
        fmt::format("squeue does not say whether earlier jobs still work here: {}", why),
        "try again when Slurm answers");
  if (!alive->empty()) {
    listener_.say(fmt::format("jobs of an earlier call work here: {}", told(*alive)));
    submitted_ = 1;
  } else if (const std::size_t dropped = begin_anew(out(), batch_); dropped > 0) {
    listener_.say(fmt::format("a miss or broken is never kept: {} again",
                              dropped == 1 ? "1 cell runs" : fmt::format("{} cells run", dropped)));
  }
  listener_.on_total(batch_.items.size(), 0);
  look_at_files();
  if (left() > 0 && submitted_ == 0) submit_all();
}

report::RunReport ClusterRun::end() {
  std::vector<std::string> remarks;
  report::RunReport report = worker::report_of(out(), options_.cpu_models, remarks);
  report.interrupted = interrupted_;
  for (const std::string& remark : remarks)
    listener_.say(remark);
  page::write_reports(report);
  return report;
}

report::RunReport ClusterRun::run() {
  fs::create_directories(out());
  const auto lock = util::FileLock::try_acquire(out() / ".lock");
  if (!lock)
    throw ConfigError(fmt::format("{} is in use by process {}", out().string(),
                                  util::FileLock::holder(out() / ".lock")),
                      "wait for it, or choose another directory with --out");
  if (options_.prepare) {
    batch_ = open_directory(options_);
    write_scripts();
    return {};
  }
  require_slurm();
  begin();
  watch();
  end_jobs();
  look_at_files();
  return end();
}

report::RunReport run(const Options& options, const run::StopRequest& stop,
                      const sweep::SweepListener& listener) {
  return ClusterRun(options, stop, listener).run();
}

}  // namespace kproof::slurm
