// A program that runs cells of a batch until none is left: `kproof worker`.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "config/plan.hpp"
#include "manifest/manifest.hpp"
#include "report/run_report.hpp"
#include "run/stop.hpp"
#include "util/units.hpp"
#include "worker/batch.hpp"

namespace kproof::worker {

struct Options {
  std::filesystem::path directory;         // of the batch
  std::filesystem::path scratch;           // local: guests, images and logs while a cell runs
  std::optional<util::Millis> time_limit;  // of this worker, from now on
  config::CpuModels cpu_models;
  std::function<void(const std::string&)> say;  // one line
};

enum class End : std::uint8_t {
  finished,  // no cell is left
  no_time,   // those that are left may take longer than this worker has
  stopped,   // by request; what it had was given back
  node,      // this node cannot run cells; it is named in nodes/, and claimed none
};

// Claims cells and runs them, one at a time, as `kproof run` does. A broken one of the host's
// blame, a killed worker or a lost node is tried again, here or elsewhere, Rules::most_failed times
// in all; then it is broken, with that history. HostError where the batch cannot be read or
// written.
End work(const Options& options, const run::StopRequest& stop);

// Stores all kernels of the batch that are not there yet (depot.hpp). One that cannot be built is
// stored as that; HostError and Interrupted end it, and the next call goes on.
void store_kernels(const Options& options, const run::StopRequest& stop);

// The list, of a plan that is to be run so. Needs are asked of the cases, as sweep does.
// ConfigError where a plan cannot be run.
Batch make_batch(const model::Plan& plan, const std::vector<model::Cell>& cells);

// manifest.json and batch.json of a new directory, the second last: where it is, both are.
void write_batch(const std::filesystem::path& directory, const manifest::Manifest& manifest,
                 const Batch& batch);
// HostError where there is none.
Batch read_batch(const std::filesystem::path& directory);
manifest::Manifest read_manifest(const std::filesystem::path& directory);

// All results that are there, as a report of the whole plan; those that cannot be read are told in
// `remarks`.
report::RunReport report_of(const std::filesystem::path& directory,
                            const config::CpuModels& cpu_models, std::vector<std::string>& remarks);

}  // namespace kproof::worker
