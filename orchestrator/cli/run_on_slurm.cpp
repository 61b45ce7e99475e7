#include "cli/run_on_slurm.hpp"

#include <fmt/format.h>

#include "cli/cli.hpp"
#include "cli/worker_options.hpp"
#include "util/error.hpp"
#include "virt/cpu_models.hpp"

namespace kproof::cli {

const char* const kOnSlurm =
    "With --on slurm a job makes the kernels, and an array of workers runs the cells. Nodes need "
    "kproof and QEMU, and no network. Ctrl-C cancels the jobs; the same command goes on with what "
    "is left.\n\n";

void add_slurm_options(Command& command, SlurmOptions& options) {
  command.choice("--on", options.on, {"local", "slurm"},
                 "where cells run: on this host, or as jobs of Slurm, which need --out");
  command.number("--workers", options.workers, "with --on slurm: jobs at once, at most (4)");
  command.value(
      "--job-time", options.job_time,
      "with --on slurm: time limit of each job; a cell is begun only if what is left of it "
      "is enough");
  command.list("--sbatch", options.sbatch,
               "with --on slurm: an option for sbatch, as --partition=debug; may be repeated");
  command.value("--stale-after", options.stale_after,
                "with --on slurm: a worker that is silent for so long is gone, and its cell is run "
                "again");
  command.flag("--prepare", options.prepare,
               "with --on slurm: write directory and scripts, and submit nothing");
}

slurm::Options slurm_options(const SlurmOptions& given, const sweep::SweepOptions& sweep) {
  if (!sweep.connect.empty())
    throw ConfigError("--connect: on a node, guests run by libvirt in the worker",
                      "leave it out with --on slurm");
  if (sweep.fresh)
    throw ConfigError("--fresh: with --on slurm, results that are there are kept",
                      "choose a new directory with --out");
  if (sweep.retry != 0 || sweep.until_fail > 1)
    throw ConfigError("--retry and --repeat-until-fail: workers run each cell of the plan once",
                      "leave it out with --on slurm, and give the plan `repetitions:`");
  if (given.workers == 0) throw ConfigError("--workers 0: nobody would run the cells");
  slurm::Options options{.sweep = sweep,
                         .workers = given.workers,
                         .job_time = parse_time("--job-time", given.job_time),
                         .stale_after = parse_time("--stale-after", given.stale_after),
                         .sbatch = given.sbatch,
                         .prepare = given.prepare,
                         .cpu_models = virt::cpu_models};
  constexpr util::Millis kLeast = std::chrono::seconds(3);
  if (options.stale_after < kLeast)
    throw ConfigError(fmt::format("--stale-after {}: a worker could not say in time that it lives",
                                  given.stale_after),
                      "3s is the least, and 60s what a shared file system wants");
  return options;
}

int tell_prepared(const std::filesystem::path& out) {
  const std::string directory = out.string();
  fmt::print(
      "scripts: {0}/slurm/kernels.sh and {0}/slurm/workers.sh\n"
      "or by hand: kproof worker {0} --kernels; then, on any machines: kproof worker {0}\n",
      directory);
  return kOk;
}

}  // namespace kproof::cli
