#include "sweep/sweep.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "host/cpuinfo.hpp"
#include "host/qemu_user.hpp"
#include "image/host_qemu.hpp"
#include "kernel/store.hpp"
#include "report/json.hpp"
#include "report/junit.hpp"
#include "source/fetch.hpp"
#include "sweep/directory.hpp"
#include "sweep/faults.hpp"
#include "sweep/kernels.hpp"
#include "sweep/reuse.hpp"
#include "sweep/room.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/hash.hpp"
#include "util/units.hpp"
#include "verdict/flaky.hpp"

namespace kproof::sweep {
namespace fs = std::filesystem;

class Sweep {
 public:
  Sweep(const SweepOptions& options, const SweepListener& listener)
      : options_(options), listener_(listener) {}
  report::RunReport run(const run::StopRequest& stop);

 private:
  void know_host();
  bool prepare_one(PreparedCell& cell);
  void note_fault(const PreparedCell& cell, Fault fault);
  void require_some_cell() const;
  std::vector<PreparedCell> choose_to_run(std::map<std::string, model::CellResult>& results);
  std::vector<PreparedCell> choose_cells();
  void prepare_cells(std::vector<PreparedCell> sized);
  Kernel fetch(const model::KernelSpec& spec) const;
  bool builds(const model::KernelSpec& spec);
  const model::CaseDescription& description_of(const std::string& name,
                                               const std::vector<std::string>& args);
  const InnerQemu& inner_qemu();
  virt::ConnectSpec connect_spec() const;
  unsigned most_jobs() const;
  fs::path place_for_nvdimms(const std::vector<PreparedCell>& cells) const;
  void run_cells(const run::StopRequest& stop);
  void write_reports() const;

  const SweepOptions& options_;
  const SweepListener& listener_;
  int stop_fd_ = -1;
  const Workshop workshop_ = Workshop::find();
  Kernels kernels_{options_.plan.kernels,
                   [this](const model::KernelSpec& spec) { return fetch(spec); }};
  std::optional<InnerQemu> inner_qemu_;
  std::map<std::vector<std::string>, model::CaseDescription> descriptions_;
  std::vector<PreparedCell> cells_;
  std::map<std::string, Fault> faults_;  // by the cell's id
  Machine machine_;
  std::optional<host::QemuUser> qemu_user_;
  report::RunReport report_;
};

void Sweep::know_host() {
  const host::AccelChoice accel = host::resolve_accel(options_.accel, host::probe_kvm());
  report_.host = host::machine_facts();
  report_.host.accel = accel.accel;
  report_.host.accel_reason = accel.reason;
  machine_ = this_machine(accel.accel, workshop_.program, options_.connect);
  report_.host.qemu = machine_.qemu;
  listener_.say(fmt::format("accelerator: {} ({})",
                            accel.accel == model::Accel::kvm ? "KVM" : "TCG", accel.reason));
  if (options_.as_root || !options_.connect.empty()) return;  // a daemon has a user of its own
  qemu_user_ = host::qemu_user(accel.accel);
  if (qemu_user_) listener_.say(fmt::format("QEMU runs as {}, not as root", qemu_user_->name));
}

Kernel Sweep::fetch(const model::KernelSpec& spec) const {
  const auto say = [this](std::string_view line) { listener_.say(std::string(line)); };
  Kernel kernel{.artifact = options_.fetch(
                    spec, {.cache = kernel::default_cache(),
                           .fragments = workshop_.fragments(),
                           .as_root = options_.as_root,
                           .turn = turn_of_build(options_.plan.name, listener_.say, stop_fd_),
                           .stop_fd = stop_fd_,
                           .say = say,
                           .live = source::now_and_then(say)})};
  kernel.config = kernel::Kconfig::load(kernel.artifact.config);
  kernel.modules = image::ModuleIndex::scan(kernel.artifact.modules_dir);
  listener_.say(fmt::format("kernel {}: {}", spec.name, kernel.artifact.origin));
  return kernel;
}

// Asked once per kernel under test; what keeps a row of the series from being built is kept there.
bool Sweep::builds(const model::KernelSpec& spec) {
  const auto row = std::find_if(report_.series->rows.begin(), report_.series->rows.end(),
                                [&](const series::Row& one) { return one.kernel == spec.name; });
  if (row == report_.series->rows.end()) return true;
  if (!row->unbuilt.empty()) return false;
  try {
    kernels_.of(spec);
  } catch (const source::Unbuildable& error) {
    row->unbuilt = fmt::format("{}\n{}", error.what(), error.hint());
    listener_.say(row->unbuilt);
  }
  return row->unbuilt.empty();
}

const model::CaseDescription& Sweep::description_of(const std::string& name,
                                                    const std::vector<std::string>& args) {
  std::vector<std::string> key{name};
  key.insert(key.end(), args.begin(), args.end());
  const auto known = descriptions_.find(key);
  if (known != descriptions_.end()) return known->second;
  return descriptions_.emplace(key, workshop_.describe(name, args)).first->second;
}

const InnerQemu& Sweep::inner_qemu() {
  if (!inner_qemu_) {
    const image::HostQemu qemu = image::host_qemu();
    inner_qemu_ = {qemu.program, image::make_segment(qemu.files, options_.out / "images")};
  }
  return *inner_qemu_;
}

// What is wrong for sure is told here, before there is a directory, or a kernel is built.
std::vector<PreparedCell> Sweep::choose_cells() {
  const auto describe = [&](const auto& program, const auto& args) -> const auto& {
    return description_of(program, args);
  };
  const resources::Limits limits = resources::read_limits(resources::text_of);
  std::vector<PreparedCell> sized;
  const plan::Expansion whole =
      plan::expand(options_.plan, options_.filter, workshop_.case_names());
  for (const model::Cell& cell : whole.cells) {
    require_cpu(cell.topology, report_.host);
    try {
      description_of(cell.test.name, cell.test.args);
      if (cell.test.inside) description_of(cell.test.inside->name, cell.test.inside->args);
    } catch (const ConfigError& error) {
      throw ConfigError(fmt::format("{}: {}", cell.test.place, error.what()), error.hint());
    }
    sized.push_back(size_up(cell, describe));
    require_memory(needs_of(sized.back()), limits, who(sized.back()));
  }
  return sized;
}

// Ten cells of a kernel that does not build have one fault, which is told once.
void Sweep::note_fault(const PreparedCell& cell, Fault fault) {
  const bool told = std::ranges::any_of(
      faults_, [&](const auto& earlier) { return earlier.second.text == fault.text; });
  if (!told) listener_.say(fmt::format("{}: {}", cell.cell.id, fault.text));
  faults_.emplace(cell.cell.id, std::move(fault));
}

// False when there is no such cell, because its row of the series has no kernel.
bool Sweep::prepare_one(PreparedCell& cell) {
  const model::KernelSpec under_test = cell.cell.kernel;
  const Catalogue catalogue{.qemu = [&]() -> const InnerQemu& { return inner_qemu(); },
                            .kernel = [&](const std::string& name) -> const Kernel& {
                              return name.empty() ? kernels_.of(under_test) : kernels_.of(name);
                            }};
  try {
    if (report_.series && !builds(under_test)) return false;
    cell = prepare(cell, catalogue, options_.plan.limits, machine_, workshop_,
                   options_.out / "images");
  } catch (const source::Unbuildable&) {
    if (options_.unbuildable_ends) throw;
    note_fault(cell, current_fault());
  } catch (const std::exception&) {
    note_fault(cell, current_fault());
  }
  return true;
}

// A plan whose mistakes leave nothing to run is a wrong plan, and no run of broken cells.
void Sweep::require_some_cell() const {
  const auto mistaken = [&](const PreparedCell& cell) {
    const auto fault = faults_.find(cell.cell.id);
    return fault != faults_.end() && fault->second.usage;
  };
  if (!cells_.empty() && std::ranges::all_of(cells_, mistaken))
    std::rethrow_exception(faults_.at(cells_.front().cell.id).what);
}

void Sweep::prepare_cells(std::vector<PreparedCell> sized) {
  for (PreparedCell& one : sized)
    if (prepare_one(one)) cells_.push_back(std::move(one));
  require_some_cell();
  report_.planned = cells_.size();
  listener_.on_total(cells_.size());
}

// QEMU's capabilities are asked for once per QEMU. libvirt would see the same emulator, qemu-tied,
// when QEMU itself was upgraded; the directory's name sees it.
virt::ConnectSpec Sweep::connect_spec() const {
  const std::string key =
      util::Hasher().add(report_.host.qemu).add(workshop_.emulator().string()).hex();
  return {.uri = options_.connect,
          .runtime_dir = {},
          .cache_dir = kernel::default_cache() / "libvirt" / key,
          .emulator = workshop_.emulator(),
          .emulator_drops_root = qemu_user_.has_value()};
}

// Those that neither are kept nor have a fault. Pools of pages are looked at now: builds take
// hours, and may be the time in which somebody filled them.
std::vector<PreparedCell> Sweep::choose_to_run(std::map<std::string, model::CellResult>& results) {
  std::vector<PreparedCell> to_run;
  std::vector<std::pair<std::string, std::string>> again;
  const resources::Limits limits = resources::read_limits(resources::text_of);
  for (const PreparedCell& cell : cells_) {
    const std::string& id = cell.cell.id;
    if (!faults_.contains(id)) {
      const Earlier earlier = options_.fresh ? Earlier{} : earlier_result(cell, options_.out);
      if (earlier.kept) {
        listener_.cells.on_result(results[id] = *earlier.kept);
        continue;
      }
      if (!earlier.why_again.empty()) again.emplace_back(earlier.why_again, id);
      try {
        require_hugepages(needs_of(cell), limits, who(cell));
      } catch (const HostError&) {
        note_fault(cell, current_fault());
      }
    }
    if (const auto fault = faults_.find(id); fault != faults_.end())
      listener_.cells.on_result(results[id] = record_fault(cell, fault->second, options_.out));
    else
      to_run.push_back(cell);
  }
  for (const std::string& line : told_again(again))
    listener_.say(line);
  return to_run;
}

unsigned Sweep::most_jobs() const {
  return options_.jobs > 0 ? options_.jobs : std::numeric_limits<unsigned>::max();
}

fs::path Sweep::place_for_nvdimms(const std::vector<PreparedCell>& cells) const {
  std::vector<resources::Needs> needs;
  std::uint64_t largest = 0;
  for (const PreparedCell& cell : cells) {
    needs.push_back(needs_of(cell));
    largest = std::max(largest, needs.back().shared);
  }
  const auto limits = resources::read_limits(resources::text_of);
  const auto at_once = resources::most_shared(needs, resources::whole_host(limits, 0), most_jobs());
  const auto memory = resources::shared_space(resources::kMemoryFiles);
  const fs::path disk = fs::temp_directory_path();
  const auto place = resources::choose_place(at_once, largest, memory, disk);
  if (!place.said.empty()) listener_.say(place.said);
  return place.in_memory ? fs::path(resources::kMemoryFiles) : disk;
}

void Sweep::run_cells(const run::StopRequest& stop) {
  std::map<std::string, model::CellResult> results;
  std::vector<PreparedCell> to_run = choose_to_run(results);
  order_in_rounds(to_run);
  if (!to_run.empty()) {
    Hosting own;
    const Hosting::Open& open =
        (options_.hosting ? *options_.hosting : own)
            .open(place_for_nvdimms(to_run), workshop_.guard(), connect_spec(), report_.host.accel);
    virt::Connection& connection = *open.connection;
    report_.host.libvirt = connection.libvirt_version();
    report_.host.connection = connection.uri();
    const Site site{connection,
                    report_.host.accel,
                    options_.out,
                    open.runtime.path(),
                    connection.embedded() ? workshop_.emulator() : fs::path(),
                    qemu_user_ && connection.embedded() ? host::to_run_as(qemu_user_->user) : "",
                    options_.dump_on_hang,
                    host::hypervisor()};
    resources::Gate gate({.run = options_.plan.name,
                          .shared = open.runtime.path(),
                          .jobs = most_jobs(),
                          .say = listener_.say});
    for (model::CellResult& result : run_all(to_run, site, gate, stop, listener_.cells))
      results[result.id] = std::move(result);
  }
  for (const PreparedCell& cell : cells_)
    if (const auto found = results.find(cell.cell.id); found != results.end())
      report_.cells.push_back(std::move(found->second));
    else
      report_.unrun.push_back(cell.cell);
  verdict::hold_to_rate(report_.cells);
  report_.interrupted = report_.cells.size() < cells_.size();
  if (report_.series)
    report_.series =
        series::matrix_of(std::move(report_.series->rows), report_.cells, options_.plan.metrics);
}

void Sweep::write_reports() const {
  util::write_file_atomically(options_.out / "results.json", report::results_to_json(report_));
  util::write_file_atomically(options_.out / "junit.xml", report::junit_xml(report_));
}

report::RunReport Sweep::run(const run::StopRequest& stop) {
  stop_fd_ = stop.fd();
  report_.plan = options_.plan;
  report_.directory = options_.out;
  if (!options_.series.empty()) report_.series = series::Matrix{.rows = options_.series};
  report_.filters = {options_.filter.kernels, options_.filter.topologies, options_.filter.cases};
  report_.started = util::now();
  workshop_.require_whole();
  know_host();
  auto cells = choose_cells();
  const util::FileLock lock = claim_directory(options_.out, options_.plan.name);
  prepare_cells(std::move(cells));
  run_cells(stop);
  report_.ended = util::now();
  write_reports();
  return std::move(report_);
}

report::RunReport run_sweep(const SweepOptions& options, const run::StopRequest& stop,
                            const SweepListener& listener) {
  return Sweep(options, listener).run(stop);
}

}  // namespace kproof::sweep
