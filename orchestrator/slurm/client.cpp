#include "slurm/client.hpp"

#include <fmt/format.h>

#include "util/error.hpp"
#include "util/subprocess.hpp"

namespace kproof::slurm {

static std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

void require_slurm() {
  for (const char* program : {"sbatch", "squeue", "scancel"})
    if (util::search_path(program).empty())
      throw HostError(fmt::format("--on slurm: there is no {} here", program),
                      "run it where jobs are submitted; Debian's package is slurm-client");
  const auto seen = util::run({.argv = {"squeue", "--noheader", "--me"}});
  if (!seen.ok())
    throw HostError(fmt::format("--on slurm: {}", first_line(seen.err)),
                    "run it where jobs are submitted: with an slurm.conf, or SLURM_CONF that names "
                    "one, and a slurmctld that answers");
}

std::string submit(const std::filesystem::path& script, const std::string& after) {
  std::vector<std::string> argv{"sbatch", "--parsable"};
  if (!after.empty()) argv.push_back("--dependency=afterok:" + after);
  argv.push_back(script.string());
  const std::string says = util::run_checked({.argv = argv});
  const std::string job = job_in(says);
  if (job.empty()) throw HostError(fmt::format("sbatch names no job: {}", says));
  return job;
}

std::optional<std::vector<Task>> tasks_of(const std::set<std::string>& jobs, std::string& why) {
  if (jobs.empty()) return std::vector<Task>{};
  const auto seen = util::run({.argv = squeue_argv(jobs)});
  // It forgets jobs some minutes after their end.
  const bool forgotten = seen.err.find("Invalid job id") != seen.err.npos;
  if (seen.ok() || forgotten) return parse_squeue(seen.out);
  why = first_line(seen.err);
  return std::nullopt;
}

void cancel(const std::set<std::string>& jobs) {
  if (jobs.empty()) return;
  std::vector<std::string> argv{"scancel", "--quiet"};
  argv.insert(argv.end(), jobs.begin(), jobs.end());
  util::run({.argv = argv});
}

}  // namespace kproof::slurm
