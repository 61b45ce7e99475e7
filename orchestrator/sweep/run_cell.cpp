#include "sweep/run_cell.hpp"

#include <chrono>
#include <random>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include "report/json.hpp"
#include "run/observe.hpp"
#include "util/error.hpp"
#include "verdict/judge.hpp"
#include "verdict/known_issues.hpp"

namespace kproof::sweep {
namespace fs = std::filesystem;

// Unguessable, so that nothing but our agent can have printed the canary.
static std::string make_nonce() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

static run::GuestJob make_job(const PreparedCell& cell, const Site& site, unsigned serial,
                              const std::string& nonce) {
  const PreparedLevel& level = cell.levels.front();
  run::GuestJob job{.deadlines = level.deadlines, .files = {site.out / "cells" / cell.cell.id}};
  vm::GuestSpec& guest = job.guest;
  guest.name = fmt::format("kproof-{}-{}", ::getpid(), serial);
  guest.level = level.level;
  guest.accel = site.accel;
  guest.emulator = site.emulator;
  guest.kernel = level.kernel.boot_file;
  guest.initramfs = level.image.path;
  guest.cmdline = vm::kernel_cmdline(level.level, level.cmdline);
  guest.console_log = job.files.console();
  guest.agent_socket = site.runtime_dir / fmt::format("agent-{}.sock", serial);
  guest.nvdimm_file = site.runtime_dir / fmt::format("nvdimm-{}", serial);
  job.job.nonce = nonce;
  job.job.argv = {"/cases/" + level.program};
  job.job.argv.insert(job.job.argv.end(), level.args.begin(), level.args.end());
  job.job.sysctls = level.description.needs.sysctls;
  job.job.kvm = level.description.needs.kvm;
  if (level.level.mmu != model::Mmu::unsaid)
    job.job.environment = {{"KPROOF_MMU", std::string(to_string(level.level.mmu))}};
  return job;
}

static model::CellResult blank_result(const PreparedCell& cell) {
  model::CellResult result;
  result.id = cell.cell.id;
  const model::KernelArtifact& kernel = cell.levels.front().kernel;
  result.kernel = cell.cell.kernel.name;
  result.kernel_label = cell.cell.kernel.label;
  result.kernel_origin = kernel.origin;
  result.kernel_release = kernel.release;
  result.topology = cell.cell.topology.name;
  result.test = cell.cell.test.alias;
  result.inputs = cell.inputs;
  result.expectation = cell.cell.expectation;
  result.started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  return result;
}

static void judge_into(model::CellResult& result, const PreparedCell& cell,
                       const model::RunOutcome& outcome, const run::Observed& seen) {
  result.findings = seen.findings;
  verdict::mark_known(result.findings, cell.cell.known_issues, result.kernel_release,
                      util::today());
  result.evidence = seen.report.evidence;
  result.metrics = seen.report.metrics;
  result.subtests = seen.report.subtests;
  result.phases = outcome.phases;
  result.judgement =
      verdict::judge(cell.cell.expectation, {.outcome = outcome,
                                             .report = seen.report,
                                             .evidence = cell.levels.front().description.evidence,
                                             .findings = result.findings,
                                             .canaries = seen.canaries,
                                             .unmet = cell.unmet,
                                             .missing = cell.missing,
                                             .lost_kmsg = seen.lost_kmsg,
                                             .oopsed = seen.oopsed});
}

static std::optional<model::CellResult> boot_and_judge(const PreparedCell& cell, const Site& site,
                                                       unsigned serial,
                                                       const run::StopRequest& stop,
                                                       const run::PhaseListener& on_phase) {
  model::CellResult result = blank_result(cell);
  const std::string nonce = make_nonce();
  const run::GuestJob job = make_job(cell, site, serial, nonce);
  fs::remove_all(job.files.dir);  // logs of an earlier run must not be read as this one's
  fs::create_directories(job.files.dir);
  if (!cell.unmet.empty() || !cell.missing.empty()) {
    judge_into(result, cell, {}, {});
    return result;
  }
  const auto story = run::run_guest(site.connection, job, stop, on_phase);
  if (!story) return std::nullopt;
  if (!story->release.empty()) result.kernel_release = story->release;
  judge_into(result, cell, story->outcome, run::observe(job.files, nonce, story->output_dropped));
  result.files = job.files.below(site.out);
  return result;
}

std::optional<model::CellResult> run_cell(const PreparedCell& cell, const Site& site,
                                          unsigned serial, const run::StopRequest& stop,
                                          const run::PhaseListener& on_phase) {
  std::optional<model::CellResult> result;
  try {
    result = boot_and_judge(cell, site, serial, stop, on_phase);
    if (result) report::write_cell(site.out / "cells" / cell.cell.id, *result);
  } catch (
      const std::exception& error) {  // HostError, or filesystem_error: this host, not that kernel
    result = blank_result(cell);
    result->judgement = {model::Verdict::broken, model::Blame::host, error.what(), false};
  }
  return result;
}

}  // namespace kproof::sweep
