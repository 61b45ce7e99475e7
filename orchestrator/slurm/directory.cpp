#include "slurm/directory.hpp"

#include <sstream>

#include <fmt/format.h>

#include "lease/store.hpp"
#include "manifest/manifest.hpp"
#include "plan/cells.hpp"
#include "report/json.hpp"
#include "sweep/cases.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "worker/worker.hpp"

namespace kproof::slurm {
namespace fs = std::filesystem;

static constexpr const char* kChooseOther = "choose another directory with --out";

static bool holds_something(const fs::path& directory) {
  for (const auto& entry : fs::directory_iterator(directory))
    if (entry.path().filename() != ".lock") return true;
  return false;
}

static worker::Batch resumed(const fs::path& out, const manifest::Manifest& wanted) {
  const auto there = manifest::read(out);
  if (!there || !fs::exists(worker::batch_file(out)))
    throw ConfigError(fmt::format("{} is not empty, and holds no run for workers", out.string()),
                      kChooseOther);
  std::string what = manifest::difference(*there, wanted);
  if (what.empty() && there->filter.shard != wanted.filter.shard) what = "--shard";
  if (!what.empty())
    throw ConfigError(fmt::format("{} holds a run of which {} differs", out.string(), what),
                      kChooseOther);
  return worker::read_batch(out);
}

worker::Batch open_directory(const Options& options) {
  const sweep::SweepOptions& sweep = options.sweep;
  const auto names = sweep::Cases(sweep::Installation::find(), sweep.plan).names();
  const auto cells = plan::expand(sweep.plan, sweep.filter, names).cells;
  const auto wanted =
      manifest::make(sweep.plan, sweep.texts, sweep.filter, names, cells, util::now());
  if (holds_something(sweep.out)) return resumed(sweep.out, wanted);
  worker::Batch batch = worker::make_batch(sweep.plan, cells);
  batch.accel = sweep.accel;
  batch.as_root = sweep.as_root;
  batch.dump_on_hang = sweep.dump_on_hang;
  batch.rules.stale_after = options.stale_after;
  worker::write_batch(sweep.out, wanted, batch);
  return batch;
}

static bool counts(const fs::path& cell) {
  try {
    const auto verdict = report::read_cell(cell).judgement.verdict;
    return verdict != model::Verdict::miss && verdict != model::Verdict::broken;
  } catch (const HostError&) {
    return false;
  }
}

std::size_t begin_anew(const fs::path& directory, const worker::Batch& batch) {
  std::size_t dropped = 0;
  for (const worker::Item& item : batch.items) {
    const fs::path cell = directory / "cells" / item.id;
    const bool there = fs::exists(cell / "cell.json");
    if (there && counts(cell)) continue;
    dropped += there;
    fs::remove_all(cell);
    lease::forget(worker::leases_of(directory), item.id);
  }
  for (const std::string& kernel : batch.kernels)
    fs::remove(directory / "boot" / (kernel + ".fault"));
  fs::remove_all(directory / "incoming");
  fs::remove_all(directory / "nodes");
  return dropped;
}

static fs::path jobs_file(const fs::path& directory) {
  return directory / "slurm" / "jobs";
}

std::set<std::string> jobs_in(const fs::path& directory) {
  std::set<std::string> jobs;
  if (!fs::exists(jobs_file(directory))) return jobs;
  std::istringstream words(util::read_file(jobs_file(directory)));
  for (std::string job; words >> job;)
    jobs.insert(job);
  return jobs;
}

void write_jobs(const fs::path& directory, const std::set<std::string>& jobs) {
  std::string text;
  for (const std::string& job : jobs)
    text += job + "\n";
  util::write_file_atomically(jobs_file(directory), text);
}

}  // namespace kproof::slurm
