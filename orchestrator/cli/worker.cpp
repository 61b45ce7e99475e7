// kproof worker DIR: runs cells of a batch until none is left.
#include "worker/worker.hpp"

#include <memory>

#include <fmt/format.h>
#include <sys/stat.h>

#include "cli/cli.hpp"
#include "cli/signals.hpp"
#include "cli/streams.hpp"
#include "cli/worker_options.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "virt/cpu_models.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

struct WorkerOptions {
  std::string directory, time_limit, scratch;
  bool kernels = false;
};

util::Millis parse_time(std::string_view option, const std::string& text) {
  if (const auto time = util::parse_duration(text)) return *time;
  throw ConfigError(fmt::format("{} {}: it is no duration", option, text), "as in 30s, 5m or 2h");
}

static constexpr std::string_view kScratch = "kproof-worker-";

// What workers left there that were killed: nobody holds their locks.
static void remove_left(const fs::path& parent) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(parent, ignored)) {
    const fs::path lock = entry.path() / ".lock";
    if (!entry.path().filename().string().starts_with(kScratch) || !fs::exists(lock, ignored))
      continue;
    try {
      if (util::FileLock::try_acquire(lock)) fs::remove_all(entry.path(), ignored);
    } catch (const HostError&) {  // NOLINT(bugprone-empty-catch): another user's
    }
  }
}

static int end_worker(worker::End end) {
  switch (end) {
    case worker::End::finished:
      tell("kproof: no cell is left\n");
      return kOk;
    case worker::End::no_time:
      tell("kproof: what is left may take longer than this worker has\n");
      return kOk;
    case worker::End::node:
      return kHostFault;
    case worker::End::stopped:
      return kInterrupted;
  }
  return kOk;
}

static int run_worker(const WorkerOptions& given) {
  run::StopRequest stop;
  const SignalWatch signals(stop);
  const fs::path parent =
      given.scratch.empty() ? fs::temp_directory_path() : fs::absolute(given.scratch);
  remove_left(parent);
  const util::ScratchDir scratch(parent, kScratch);
  const auto lock = util::FileLock::try_acquire(scratch.path() / ".lock");
  ::chmod(scratch.path().c_str(), 0711);  // QEMU and make are other users
  worker::Options options{
      .directory = fs::absolute(given.directory).lexically_normal(),
      .scratch = scratch.path(),
      .time_limit = {},
      .cpu_models = virt::cpu_models,
      .say = [](const std::string& line) { tell(fmt::format("kproof: {}\n", line)); }};
  if (!given.time_limit.empty()) options.time_limit = parse_time("--time-limit", given.time_limit);
  if (given.kernels) {
    worker::store_kernels(options, stop);
    return kOk;
  }
  return end_worker(worker::work(options, stop));
}

void add_worker(CommandLine& line) {
  Command command =
      line.add("worker", "Run cells of a directory that several workers share, until none is left");
  const auto options = std::make_shared<WorkerOptions>();
  command.value("DIR", options->directory,
                "what `kproof run --on slurm --out DIR` has made, seen by all workers",
                Need::required);
  command.flag("--kernels", options->kernels,
               "make the kernels that the cells need, store them in DIR, and run nothing; once, "
               "before the workers");
  command.value("--time-limit", options->time_limit,
                "how long this worker has: 90s, 30m, 2h (default: no limit); a cell is begun only "
                "if that is enough");
  command.value("--scratch", options->scratch,
                "local directory for guests, images and logs while a cell runs (default: TMPDIR, "
                "or /tmp)");
  command.footer(
      "Any number of workers, on any machines that see DIR; jobs of Slurm are started so. A node "
      "that boots no guest, or lacks memory or room, is named in DIR/nodes and claims nothing. A "
      "cell whose worker or host failed is run again, here or elsewhere: after three failures it "
      "is broken, with that history. At SIGTERM the cell is given back.\n\n"
      "Exit code: 0 no cell is left, or none for which the time is enough; 69 this node cannot run "
      "cells; 130 stopped.");
  command.example("kproof worker /shared/run --kernels",
                  "once, behind `kproof run my.yaml --on slurm --prepare --out /shared/run`");
  command.example("kproof worker /shared/run", "on each machine that is to run cells");
  command.does([options] { return run_worker(*options); });
}

}  // namespace kproof::cli
