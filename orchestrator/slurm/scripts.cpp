#include "slurm/scripts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "util/subprocess.hpp"

namespace kproof::slurm {

// sbatch reads a line of options as a shell would.
static std::string directive(const std::string& option) {
  return fmt::format("#SBATCH {}\n", util::shell_quote({option}));
}

static long minutes_of(util::Millis time) {
  return std::max(1L, static_cast<long>(std::chrono::ceil<std::chrono::minutes>(time).count()));
}

// A job's name may not have commas, and a reader of squeue wants few letters.
static std::string job_name(const Request& request, const char* what) {
  return fmt::format("kproof-{}-{}", request.name, what);
}

static std::string head(const Request& request, const char* what, const char* log, unsigned cpus) {
  std::string text = "#!/bin/bash\n# Written by kproof: `kproof run --on slurm`.\n";
  text += directive("--job-name=" + job_name(request, what));
  text += directive("--output=" + (request.directory / "slurm" / log).string());
  text += directive("--open-mode=append");
  text += directive("--requeue");
  text += directive(fmt::format("--time={}", minutes_of(request.time)));
  text += directive(fmt::format("--signal=B:TERM@{}", kSignalBefore.count()));
  text += directive("--nodes=1");
  text += directive("--ntasks=1");
  text += directive(fmt::format("--cpus-per-task={}", cpus));
  constexpr std::uint64_t kMiB = 1ull << 20;
  text += directive(fmt::format("--mem={}M", (request.memory + kMiB - 1) / kMiB));
  return text;
}

// What the user asks for counts as the later.
static std::string with_options(std::string text, const Request& request) {
  for (const std::string& option : request.options)
    text += directive(option);
  return text;
}

static std::string command(const Request& request, const std::vector<std::string>& more) {
  std::vector<std::string> argv{request.program.string(), "worker", request.directory.string()};
  argv.insert(argv.end(), more.begin(), more.end());
  return fmt::format("exec {}\n", util::shell_quote(argv));
}

std::string kernels_script(const Request& request) {
  return with_options(head(request, "kernels", "kernels-%j.log", request.build_cpus), request) +
         command(request, {"--kernels"});
}

std::string workers_script(const Request& request) {
  std::string text = head(request, "work", "worker-%A_%a.log", request.cpus);
  text += directive(fmt::format("--array=0-{}", request.workers - 1));
  text += directive("--kill-on-invalid-dep=yes");
  const auto limit = std::chrono::minutes(minutes_of(request.time)) - kSignalBefore;
  return with_options(text, request) +
         command(request,
                 {"--time-limit",
                  fmt::format("{}s", std::max<long>(1, std::chrono::seconds(limit).count()))});
}

}  // namespace kproof::slurm
