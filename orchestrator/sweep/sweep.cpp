#include "sweep/sweep.hpp"

#include <algorithm>
#include <limits>
#include <list>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cache/inventory.hpp"
#include "cache/remove.hpp"
#include "host/cpuinfo.hpp"
#include "host/qemu_user.hpp"
#include "kernel/store.hpp"
#include "manifest/manifest.hpp"
#include "page/reports.hpp"
#include "source/fetch.hpp"
#include "sweep/directory.hpp"
#include "sweep/durations.hpp"
#include "sweep/pipeline.hpp"
#include "sweep/preparing.hpp"
#include "sweep/retries.hpp"
#include "sweep/room.hpp"
#include "sweep/run_cell.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/units.hpp"
#include "verdict/flaky.hpp"

namespace kproof::sweep {
namespace fs = std::filesystem;

namespace {
class Sweep {
 public:
  Sweep(const SweepOptions& options, const run::StopRequest& stop, const SweepListener& listener)
      : options_(options), stop_(stop), listener_(listener) {
    if (options.visit) visit_ = *options.visit;
  }
  report::RunReport run();

 private:
  void begin_report();
  void know_host();
  void choose_cells(Preparing& preparing);
  Preparing::Setup preparing();
  source::Settings settings(const std::string& kernel, std::size_t at_once);
  Kernel fetch(const model::KernelSpec& spec, std::size_t at_once);
  std::vector<model::KernelSpec> kernels_of_all(const std::vector<PreparedCell>& cells) const;
  void choose_pace();
  Site site(const LibvirtSession::Open& open);
  unsigned most_jobs() const;
  void run_cells(Preparing& preparing);
  void run_through(std::vector<PreparedCell>& cells, const Site& site, resources::Gate& gate,
                   Preparing& preparing);
  void repeat(const Site& site, resources::Gate& gate, Preparing& preparing);
  void retry(const Site& site, resources::Gate& gate, Preparing& preparing);
  void run_again(const std::vector<model::Cell>& cells, const Site& site, resources::Gate& gate,
                 Preparing& preparing);
  void take_results(std::vector<std::optional<model::CellResult>> results,
                    const std::vector<PreparedCell>& cells, const Pipeline& pipeline);
  void tell_inspected() const;
  void conclude();
  void say(const std::string& line) {
    teller_.tell([this, line] { listener_.say(line); });
  }

  const SweepOptions& options_;
  const run::StopRequest& stop_;
  const SweepListener& listener_;
  const Installation installation_ = Installation::find();
  std::vector<PreparedCell> cells_;
  std::list<std::vector<PreparedCell>> again_;  // of these, what is repeated; what is told is of it
  std::vector<model::KernelSpec> kernels_;      // that they are of
  Machine machine_;
  std::optional<host::QemuUser> qemu_user_;
  std::optional<Visit> visit_;
  manifest::Manifest manifest_;
  report::RunReport report_;
  std::size_t builds_ = 1;             // kernels that are made at once, at most
  unsigned cores_ = 1;                 // that they share
  bool beside_guests_ = false;         // do guests run meanwhile?
  resources::Queue* queue_ = nullptr;  // while cells are run
  Teller teller_;                      // last: what it tells is of the above
};
}  // namespace

void Sweep::begin_report() {
  report_.plan = options_.plan;
  report_.directory = options_.out;
  if (!options_.series.empty()) report_.series = series::Matrix{.rows = options_.series};
  report_.filters = {options_.filter.kernels, options_.filter.topologies, options_.filter.cases,
                     options_.filter.ids};
  report_.shard = options_.filter.shard;
  report_.started = util::now();
}

void Sweep::know_host() {
  const host::AccelChoice accel = host::resolve_accel(options_.accel, host::probe_kvm());
  report_.host = host::machine_facts();
  report_.host.accel = accel.accel;
  report_.host.accel_reason = accel.reason;
  machine_ = this_machine(accel.accel, installation_.program, options_.connect);
  report_.host.qemu = machine_.qemu;
  say(fmt::format("accelerator: {} ({})", accel.accel == model::Accel::kvm ? "KVM" : "TCG",
                  accel.reason));
  if (options_.as_root || !options_.connect.empty()) return;  // a daemon has a user of its own
  qemu_user_ = host::qemu_user(accel.accel);
  if (!qemu_user_) return;
  say(fmt::format("QEMU runs as {}, not as root", qemu_user_->name));
  if (visit_) hold_to_rights(*visit_, *qemu_user_);
}

// Of what is built for a kernel, in a thread of the pipeline.
source::Settings Sweep::settings(const std::string& kernel, std::size_t at_once) {
  return {
      .cache = kernel::default_cache(),
      .fragments = installation_.fragments(),
      .jobs = jobs_each(cores_, at_once),
      .niceness = beside_guests_ ? kNiceness : 0,
      .cache_budget = options_.cache_budget,
      .as_root = options_.as_root,
      .turn = [this](unsigned jobs) { return queue_->hold(needs_of_build(jobs, beside_guests_)); },
      .stop_fd = stop_.fd(),
      .say = [this](std::string_view line) { say(std::string(line)); },
      .live =
          [this, kernel](std::string_view what) {
            teller_.tell([this, kernel, what = std::string(what)] {
              listener_.on_kernel_progress(kernel, what);
            });
          }};
}

Kernel Sweep::fetch(const model::KernelSpec& spec, std::size_t at_once) {
  const source::Settings settings = this->settings(spec.name, at_once);
  settings.live("looking for it in the cache");
  Kernel kernel{.artifact = options_.fetch(spec, settings)};
  kernel.config = kernel::Kconfig::load(kernel.artifact.config);
  kernel.modules = image::ModuleIndex::scan(kernel.artifact.modules_dir);
  say(fmt::format("kernel {}: {}", spec.name, kernel.artifact.origin));
  return kernel;
}

Preparing::Setup Sweep::preparing() {
  return {
      .plan = options_.plan,
      .installation = installation_,
      .machine = machine_,
      .out = options_.out,
      .fresh = options_.fresh,
      .fetch = [this](const auto& spec, auto at_once) { return fetch(spec, at_once); },
      .settings = [this](const auto& kernel, auto at_once) { return settings(kernel, at_once); },
      .rows = report_.series ? &report_.series->rows : nullptr,
      .inspection = options_.inspection,
      .visit = visit_ ? &*visit_ : nullptr,
      .held = options_.hold.any(),
      .say = [this](const std::string& line) { say(line); }};
}

static void require_one(const std::vector<model::Cell>& cells, const plan::Filter& filter) {
  if (cells.size() == 1) return;
  if (cells.empty())
    throw ConfigError(fmt::format("the plan has no cell {}", fmt::join(filter.ids, ", ")),
                      "`kproof plan` lists them");
  std::vector<std::string> names;
  for (const model::Cell& cell : cells)
    names.push_back(fmt::format("{}/{}", cell.kernel.name, cell.topology.name));
  throw ConfigError(fmt::format("a command runs in one guest, and here are {}: {}", cells.size(),
                                fmt::join(names, ", ")),
                    "name the kernel, and choose with --topology");
}

// What is wrong for sure is told here, before there is a directory, or a kernel is built.
void Sweep::choose_cells(Preparing& preparing) {
  const resources::Limits limits = resources::read_limits(resources::text_of);
  std::vector<std::string> cases = preparing.cases().names();
  if (options_.visit) cases.emplace_back(kNoCase);
  const plan::Expansion whole = plan::expand(options_.plan, options_.filter, cases);
  if (options_.visit || options_.inspection) require_one(whole.cells, options_.filter);
  manifest_ = manifest::make(options_.plan, options_.texts, options_.filter, cases, whole.cells,
                             report_.started);
  for (const model::Cell& cell : whole.cells) {
    require_cpu(cell.topology, report_.host);
    cells_.push_back(preparing.size_up(cell));
    require_memory(needs_of(cells_.back()), limits, who(cells_.back()));
  }
}

std::vector<model::KernelSpec> Sweep::kernels_of_all(const std::vector<PreparedCell>& cells) const {
  std::set<std::string> names;
  for (const PreparedCell& cell : cells)
    for (std::string& name : kernels_of(cell))
      names.insert(std::move(name));
  std::vector<model::KernelSpec> kernels;
  for (const model::KernelSpec& spec : options_.plan.kernels)
    if (names.contains(spec.name)) kernels.push_back(spec);
  return kernels;
}

// The kernels of a series are made one by one and before any guest, as each is a patch more of the
// one before, and no row's cells are to run beside a compiler that others' did not have beside
// them.
void Sweep::choose_pace() {
  if (report_.series) return;
  const auto limits = resources::read_limits(resources::text_of);
  cores_ = static_cast<unsigned>(resources::whole_host(limits, 0).cores);
  builds_ = most_builds(cores_);
  beside_guests_ = kernels_.size() > 1;
}

Site Sweep::site(const LibvirtSession::Open& open) {
  const virt::Connection& connection = *open.connection;
  return {*open.connection,
          report_.host.accel,
          options_.out,
          open.runtime.path(),
          connection.embedded() ? installation_.emulator() : fs::path(),
          qemu_user_ && connection.embedded() ? host::to_run_as(qemu_user_->user) : "",
          options_.dump_on_hang,
          host::hypervisor(),
          visit_ ? &*visit_ : nullptr,
          options_.inspection,
          options_.hold,
          [this](const std::string& line) { say(line); }};
}

unsigned Sweep::most_jobs() const {
  return options_.jobs > 0 ? options_.jobs : std::numeric_limits<unsigned>::max();
}

void Sweep::run_cells(Preparing& preparing) {
  const fs::path place =
      place_for_nvdimms(cells_, most_jobs(), [this](const auto& line) { say(line); });
  LibvirtSession own;
  const LibvirtSession::Open& open = (options_.libvirt ? *options_.libvirt : own)
                                         .open(place, installation_.guard(),
                                               connect_spec(options_.connect, report_.host.qemu,
                                                            installation_, qemu_user_.has_value()),
                                               report_.host.accel);
  report_.host.libvirt = open.connection->libvirt_version();
  report_.host.connection = open.connection->uri();
  const Site site = this->site(open);
  resources::Gate gate({.run = options_.plan.name,
                        .shared = open.runtime.path(),
                        .jobs = most_jobs(),
                        .say = [this](const std::string& line) { say(line); }});
  run_through(cells_, site, gate, preparing);
  tell_inspected();
  repeat(site, gate, preparing);
  retry(site, gate, preparing);
  conclude();
}

void Sweep::run_through(std::vector<PreparedCell>& cells, const Site& site, resources::Gate& gate,
                        Preparing& preparing) {
  resources::Queue queue(gate, stop_.fd());
  queue_ = &queue;
  const Pipeline::Steps steps{
      .fetch = [&](const auto& kernel, auto at_once) { preparing.fetch(kernel, at_once); },
      .prepare = [&](PreparedCell& cell) { return preparing.prepare(cell); },
      .run = [&](const auto& cell, unsigned serial,
                 const auto& on_phase) { return run_cell(cell, site, serial, stop_, on_phase); }};
  const std::vector<model::KernelSpec> kernels = kernels_of_all(cells);
  teller_.tell(
      [this, all = cells.size(), made = kernels.size()] { listener_.on_total(all, made); });
  Pipeline pipeline({.steps = steps,
                     .out = options_.out,
                     .queue = queue,
                     .listener = listener_,
                     .teller = teller_,
                     .builds = builds_,
                     .kernels_first = report_.series.has_value(),
                     .unbuildable_ends = options_.unbuildable_ends},
                    kernels, cells);
  take_results(pipeline.run(), cells, pipeline);
}

void Sweep::run_again(const std::vector<model::Cell>& cells, const Site& site,
                      resources::Gate& gate, Preparing& preparing) {
  std::vector<PreparedCell>& again = again_.emplace_back();
  for (const model::Cell& cell : cells)
    again.push_back(preparing.size_up(cell));
  run_through(again, site, gate, preparing);
}

// Less than what was planned is a run that was stopped.
void Sweep::repeat(const Site& site, resources::Gate& gate, Preparing& preparing) {
  for (unsigned n = 1; n < options_.until_fail && report_.cells.size() == report_.planned; ++n) {
    const auto cells = round_of(cells_, report_.cells, n);
    if (cells.empty()) return;
    say(fmt::format("round {} of {}: all was as expected until now", n + 1, options_.until_fail));
    run_again(cells, site, gate, preparing);
  }
}

void Sweep::tell_inspected() const {
  if (!options_.inspection || !options_.on_inspected || report_.cells.empty()) return;
  const PreparedCell& cell = cells_.front();
  const std::size_t level = options_.inspection->level;
  options_.on_inspected({.kernel = cell.levels.front().kernel,
                         .directory = options_.out / "cells" / cell.cell.id,
                         .levels = report_.cells.front().levels,
                         .level = level == 0 ? index_of_case(cell) + 1 : level});
}

void Sweep::retry(const Site& site, resources::Gate& gate, Preparing& preparing) {
  if (report_.cells.size() < report_.planned) return;
  const auto cells = retries_of(cells_, report_.cells, options_.retry);
  if (cells.empty()) return;
  say(fmt::format("{} again, for what was not as expected",
                  util::format_count(cells.size(), "cell")));
  run_again(cells, site, gate, preparing);
}

void Sweep::take_results(std::vector<std::optional<model::CellResult>> results,
                         const std::vector<PreparedCell>& cells, const Pipeline& pipeline) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (results[i])
      report_.cells.push_back(std::move(*results[i]));
    else if (!pipeline.is_gone(i))
      report_.unrun.push_back(cells[i].cell);
    report_.planned += !pipeline.is_gone(i);
  }
}

void Sweep::conclude() {
  verdict::hold_to_rate(report_.cells);
  report_.interrupted = report_.cells.size() < report_.planned;
  if (report_.series)
    report_.series =
        series::matrix_of(std::move(report_.series->rows), report_.cells, options_.plan.metrics);
}

report::RunReport Sweep::run() {
  begin_report();
  installation_.require_whole();
  know_host();
  Preparing preparing(this->preparing());
  choose_cells(preparing);
  const util::FileLock lock = claim_directory(options_.out, options_.plan.name);
  if (!options_.visit) cache::note_run(kernel::default_cache(), options_.out);
  manifest::write(options_.out, manifest_);
  kernels_ = kernels_of_all(cells_);
  choose_pace();
  run_cells(preparing);
  report_.ended = util::now();
  page::write_reports(report_);
  if (!options_.visit && !options_.inspection) keep_durations(report_, kernel::default_cache());
  cache::keep_within(kernel::default_cache(), options_.cache_budget,
                     [this](std::string_view line) { say(std::string(line)); });
  return std::move(report_);
}

report::RunReport run_sweep(const SweepOptions& options, const run::StopRequest& stop,
                            const SweepListener& listener) {
  return Sweep(options, stop, listener).run();
}

}  // namespace kproof::sweep
