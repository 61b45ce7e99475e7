#include "sweep/sweep.hpp"

#include <algorithm>
#include <ctime>
#include <map>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "host/cpuinfo.hpp"
#include "image/host_qemu.hpp"
#include "kernel/store.hpp"
#include "report/json.hpp"
#include "report/junit.hpp"
#include "source/fetch.hpp"
#include "sweep/directory.hpp"
#include "sweep/reuse.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/hash.hpp"
#include "util/subprocess.hpp"

namespace kproof::sweep {
namespace fs = std::filesystem;

// Left to the host's other programs.
static constexpr std::uint64_t kHostReserve = 512ull << 20;

class Sweep {
 public:
  Sweep(const SweepOptions& options, const SweepListener& listener)
      : options_(options), listener_(listener) {}
  report::RunReport run(const run::StopRequest& stop);

 private:
  void know_host();
  std::vector<PreparedCell> choose_cells();
  void require_room(const PreparedCell& cell);
  void prepare_cells(std::vector<PreparedCell> sized);
  const Kernel& kernel_of(const model::KernelSpec& spec);
  bool builds(const model::KernelSpec& spec);
  const model::KernelSpec& spec_of(const std::string& kernel) const;
  const model::CaseDescription& description_of(const std::string& name,
                                               const std::vector<std::string>& args);
  const InnerQemu& inner_qemu();
  virt::ConnectSpec connect_spec() const;
  void run_cells(const run::StopRequest& stop);
  void write_reports() const;

  const SweepOptions& options_;
  const SweepListener& listener_;
  int stop_fd_ = -1;
  const Workshop workshop_ = Workshop::find();
  std::map<std::string, Kernel> kernels_;
  std::optional<InnerQemu> inner_qemu_;
  std::map<std::vector<std::string>, model::CaseDescription> descriptions_;
  std::vector<PreparedCell> cells_;
  plan::Capacity capacity_;
  report::RunReport report_;
};

// "QEMU emulator version 7.2.22 (Debian ...)" -> "7.2.22"
static std::string qemu_version() {
  const std::string text = util::run_checked({.argv = {"qemu-system-x86_64", "--version"}});
  const std::size_t at = text.find("version ");
  return at == std::string::npos ? text
                                 : text.substr(at + 8, text.find_first_of(" \n", at + 8) - at - 8);
}

// libvirt would say so too, when all kernels are built.
static void require_cpu(const model::Topology& topology, const model::HostFacts& host) {
  if (topology.levels.front().cpu != "host-passthrough" || host.accel == model::Accel::kvm) return;
  throw HostError(fmt::format("{}: topology `{}`: host-passthrough needs KVM, and this run has "
                              "TCG: {}",
                              topology.place, topology.name, host.accel_reason),
                  "`cpu: maximum` is the most that the accelerator can give, whichever it is");
}

static plan::Capacity capacity_now(const model::HostFacts& host) {
  const std::uint64_t available = host::memory_available();
  return {.cores = host.cores, .memory = available - std::min(available, kHostReserve)};
}

static void require_hugepages(const PreparedCell& cell, const std::string& who) {
  const model::Level& level = cell.levels.front().level;
  if (level.backing == model::Backing::anonymous) return;
  const std::uint64_t page = model::page_size(level.backing);
  const std::uint64_t need = (level.memory + page - 1) / page, have = host::free_hugepages(page);
  if (have < need)
    throw HostError(fmt::format("{} needs {} free hugetlb pages of {}, this host has {}", who, need,
                                util::format_size(page), have),
                    fmt::format("echo {} > /sys/kernel/mm/hugepages/hugepages-{}kB/nr_hugepages",
                                need, page >> 10));
}

void Sweep::know_host() {
  const host::AccelChoice accel = host::resolve_accel(options_.accel, host::probe_kvm());
  report_.host = host::machine_facts();
  report_.host.accel = accel.accel;
  report_.host.accel_reason = accel.reason;
  report_.host.qemu = qemu_version();
  listener_.say(fmt::format("accelerator: {} ({})",
                            accel.accel == model::Accel::kvm ? "KVM" : "TCG", accel.reason));
}

const Kernel& Sweep::kernel_of(const model::KernelSpec& spec) {
  const auto known = kernels_.find(spec.name);
  if (known != kernels_.end()) return known->second;
  const auto say = [this](std::string_view line) { listener_.say(std::string(line)); };
  Kernel kernel{.artifact = options_.fetch(spec, {.cache = kernel::default_cache(),
                                                  .fragments = workshop_.fragments(),
                                                  .stop_fd = stop_fd_,
                                                  .say = say,
                                                  .live = source::now_and_then(say)})};
  kernel.config = kernel::Kconfig::load(kernel.artifact.config);
  kernel.modules = image::ModuleIndex::scan(kernel.artifact.modules_dir);
  listener_.say(fmt::format("kernel {}: {}", spec.name, kernel.artifact.origin));
  return kernels_.emplace(spec.name, std::move(kernel)).first->second;
}

// Asked once per kernel under test; what keeps a row of the series from being built is kept there.
bool Sweep::builds(const model::KernelSpec& spec) {
  const auto row = std::find_if(report_.series->rows.begin(), report_.series->rows.end(),
                                [&](const series::Row& one) { return one.kernel == spec.name; });
  if (row == report_.series->rows.end()) return true;
  if (!row->unbuilt.empty()) return false;
  try {
    kernel_of(spec);
  } catch (const source::Unbuildable& error) {
    row->unbuilt = fmt::format("{}\n{}", error.what(), error.hint());
    listener_.say(row->unbuilt);
  }
  return row->unbuilt.empty();
}

// Of a level's own kernel; config/ has seen that the plan names it.
const model::KernelSpec& Sweep::spec_of(const std::string& kernel) const {
  return *std::find_if(options_.plan.kernels.begin(), options_.plan.kernels.end(),
                       [&](const model::KernelSpec& spec) { return spec.name == kernel; });
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

void Sweep::require_room(const PreparedCell& cell) {
  const std::string who = fmt::format("{}: {}", cell.cell.topology.place, cell.cell.id);
  require_hugepages(cell, who);
  plan::require_fit(needs_of(cell), capacity_, who);
}

// What is wrong for sure is told here, before there is a directory, or a kernel is built.
std::vector<PreparedCell> Sweep::choose_cells() {
  const auto describe = [&](const auto& program, const auto& args) -> const auto& {
    return description_of(program, args);
  };
  capacity_ = capacity_now(report_.host);
  std::vector<PreparedCell> sized;
  for (const model::Cell& cell :
       plan::expand(options_.plan, options_.filter, workshop_.case_names())) {
    require_cpu(cell.topology, report_.host);
    try {
      description_of(cell.test.name, cell.test.args);
      if (cell.test.inside) description_of(cell.test.inside->name, cell.test.inside->args);
    } catch (const ConfigError& error) {
      throw ConfigError(fmt::format("{}: {}", cell.test.place, error.what()), error.hint());
    }
    sized.push_back(size_up(cell, describe));
    require_room(sized.back());
  }
  return sized;
}

void Sweep::prepare_cells(std::vector<PreparedCell> sized) {
  const bool vmx = report_.host.accel == model::Accel::kvm && host::has_cpu_flag("vmx");
  const Machine machine{report_.host.accel, report_.host.qemu, vmx ? "kvm_intel" : "kvm_amd",
                        host::hypervisor()};
  capacity_ = capacity_now(report_.host);
  for (PreparedCell& one : sized) {
    const model::KernelSpec under_test = one.cell.kernel;
    if (report_.series && !builds(under_test)) continue;
    const Catalogue catalogue{.qemu = [&]() -> const InnerQemu& { return inner_qemu(); },
                              .kernel = [&](const std::string& name) -> const Kernel& {
                                return kernel_of(name.empty() ? under_test : spec_of(name));
                              }};
    cells_.push_back(prepare(std::move(one), catalogue, options_.plan.limits, machine, workshop_,
                             options_.out / "images"));
    require_room(cells_.back());  // once more: builds take hours
  }
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
          .emulator = workshop_.emulator()};
}

void Sweep::run_cells(const run::StopRequest& stop) {
  std::map<std::string, model::CellResult> results;
  std::vector<PreparedCell> to_run;
  for (const PreparedCell& cell : cells_) {
    const auto earlier = options_.fresh ? std::nullopt : earlier_result(cell, options_.out);
    if (!earlier)
      to_run.push_back(cell);
    else
      listener_.cells.on_result(results[cell.cell.id] = *earlier);
  }
  order_in_rounds(to_run);
  if (!to_run.empty()) {
    std::uint64_t room = 0;
    for (const PreparedCell& cell : to_run)
      room = std::max(room, cell.levels.front().level.nvdimm);
    Hosting own;
    const Hosting::Open& open =
        (options_.hosting ? *options_.hosting : own)
            .open(room * report_.host.cores, workshop_.guard(), connect_spec(), report_.host.accel);
    virt::Connection& connection = *open.connection;
    report_.host.libvirt = connection.libvirt_version();
    report_.host.connection = connection.uri();
    const Site site{connection,
                    report_.host.accel,
                    options_.out,
                    open.runtime.path(),
                    connection.embedded() ? workshop_.emulator() : fs::path(),
                    options_.dump_on_hang,
                    host::hypervisor()};
    for (model::CellResult& result : run_all(to_run, site, capacity_, stop, listener_.cells))
      results[result.id] = std::move(result);
  }
  for (const PreparedCell& cell : cells_)
    if (const auto found = results.find(cell.cell.id); found != results.end())
      report_.cells.push_back(std::move(found->second));
  report_.interrupted = report_.cells.size() < cells_.size();
  if (report_.series)
    report_.series =
        series::compare(std::move(report_.series->rows), report_.cells, options_.plan.metrics);
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
  report_.started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  workshop_.require_whole();
  know_host();
  auto cells = choose_cells();
  const util::FileLock lock = claim_directory(options_.out, options_.plan.name);
  prepare_cells(std::move(cells));
  run_cells(stop);
  write_reports();
  return std::move(report_);
}

report::RunReport run_sweep(const SweepOptions& options, const run::StopRequest& stop,
                            const SweepListener& listener) {
  return Sweep(options, listener).run(stop);
}

}  // namespace kproof::sweep
