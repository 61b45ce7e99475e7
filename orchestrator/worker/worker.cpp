#include "worker/worker.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "host/accel.hpp"
#include "host/cpuinfo.hpp"
#include "lease/heart.hpp"
#include "run/deadlines.hpp"
#include "source/fetch.hpp"
#include "sweep/faults.hpp"
#include "sweep/libvirt_session.hpp"
#include "sweep/sweep.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "worker/choose.hpp"
#include "worker/depot.hpp"
#include "worker/nodes.hpp"
#include "worker/preflight.hpp"
#include "worker/publish.hpp"
#include "worker/relay.hpp"

namespace kproof::worker {
namespace fs = std::filesystem;
using std::chrono::steady_clock;

namespace {

class Worker {
 public:
  Worker(const Options& options, const run::StopRequest& stop);
  End work();

 private:
  struct Ran {
    std::optional<model::CellResult> result;  // nothing: it was stopped
    std::string fault;                        // of this host, that kept it from running at all
  };

  void require_kernels() const;
  std::vector<Sight> look();
  Time time() const;
  void claim_and_run(std::size_t item, const lease::Decision& decision);
  void claim_and_record(std::size_t item, const lease::Decision& decision);
  std::unique_ptr<lease::Lease> claim(std::size_t item, const lease::Decision& decision);
  Ran run(const model::Cell& cell, const run::StopRequest& stop);
  sweep::SweepOptions options_of(const model::Cell& cell);
  void end_attempt(lease::Lease& lease, const Ran& ran);
  void publish_result(lease::Lease& lease, const model::CellResult& result);
  model::CellResult broken(const model::Cell& cell, model::Blame blame, const std::string& text);
  const model::Cell& cell_of(std::size_t item) const { return *cells_.at(batch_.items[item].id); }
  fs::path run_directory() const { return options_.scratch / "run"; }
  void say(const std::string& line) const { options_.say(line); }

  const Options& options_;
  const run::StopRequest& stop_;
  const std::string name_ = worker_name();
  const Batch batch_;
  const manifest::Manifest manifest_;
  const manifest::Cells planned_;
  std::map<std::string, const model::Cell*> cells_;
  std::set<std::string> finished_;
  lease::Store leases_;
  unsigned scale_ = 1;
  std::size_t published_ = 0;
  steady_clock::time_point began_ = steady_clock::now();
  sweep::LibvirtSession libvirt_;
};

}  // namespace

Worker::Worker(const Options& options, const run::StopRequest& stop)
    : options_(options),
      stop_(stop),
      batch_(read_batch(options.directory)),
      manifest_(read_manifest(options.directory)),
      planned_(manifest::cells_of(manifest_, options.cpu_models)),
      leases_(leases_of(options.directory), lease::this_process(name_), batch_.rules) {
  for (const model::Cell& cell : planned_.cells)
    cells_.emplace(cell.id, &cell);
}

std::vector<Sight> Worker::look() {
  std::vector<Sight> sights;
  for (const Item& item : batch_.items) {
    Sight& sight = sights.emplace_back();
    sight.limit = item.limit * scale_;
    if (!finished_.contains(item.id) && fs::exists(result_of(options_.directory, item.id)))
      finished_.insert(item.id);
    sight.finished = finished_.contains(item.id);
    if (!sight.finished) sight.lease = leases_.look(item.id);
  }
  return sights;
}

Time Worker::time() const {
  if (!options_.time_limit) return {};
  const auto gone = std::chrono::duration_cast<util::Millis>(steady_clock::now() - began_);
  return {*options_.time_limit - gone, options_.time_limit};
}

std::unique_ptr<lease::Lease> Worker::claim(std::size_t item, const lease::Decision& decision) {
  const auto limit = batch_.items[item].limit * scale_;
  return leases_.claim(batch_.items[item].id, decision.next,
                       fmt::format("{} from then on, at most", util::format_duration(limit)));
}

sweep::SweepOptions Worker::options_of(const model::Cell& cell) {
  sweep::SweepOptions options;
  options.plan = planned_.plan;
  options.texts = manifest_.texts;
  options.filter.ids = {cell.id};
  options.out = run_directory();
  options.accel = batch_.accel;
  options.fresh = true;
  options.as_root = batch_.as_root;
  options.dump_on_hang = batch_.dump_on_hang;
  options.libvirt = &libvirt_;
  options.fetch = [this](const model::KernelSpec& spec, const source::Settings&) {
    return take_kernel(options_.directory, spec);
  };
  return options;
}

// As record_fault() of a sweep, for a cell that no sweep of this process has seen.
model::CellResult Worker::broken(const model::Cell& cell, model::Blame blame,
                                 const std::string& text) {
  sweep::PreparedCell known{.cell = cell};
  for (const model::Level& level : cell.topology.levels)
    known.levels.emplace_back().level = level;
  return sweep::record_fault(known, {.blame = blame, .text = text}, run_directory());
}

// A mistake of the plan that only this cell has ends its own sweep, as it leaves no other cell.
Worker::Ran Worker::run(const model::Cell& cell, const run::StopRequest& stop) {
  const sweep::SweepListener listener{.say = [this](const std::string& line) { say(line); }};
  try {
    report::RunReport seen = run_sweep(options_of(cell), stop, listener);
    if (seen.cells.empty()) return {};
    return {std::move(seen.cells.front()), ""};
  } catch (const Interrupted&) {
    return {};
  } catch (const ConfigError& error) {
    return {
        broken(cell, model::Blame::config, fmt::format("{}\nhint: {}", error.what(), error.hint())),
        ""};
  } catch (const std::exception& error) {
    return {std::nullopt, error.what()};
  }
}

void Worker::publish_result(lease::Lease& lease, const model::CellResult& result) {
  const bool ours = publish(run_directory(), result, options_.directory);
  if (ours) {
    if (fs::exists(run_directory() / "results.json"))
      write_node(options_.directory, name_, run_directory() / "results.json", ++published_);
    say(fmt::format("{}: {}", result.id, report::verdict_text(result)));
  } else {
    say(fmt::format("{}: another worker was faster; this result is dropped", result.id));
  }
  lease.finish();
  finished_.insert(result.id);
}

static bool is_of_host(const model::CellResult& result) {
  return result.judgement.verdict == model::Verdict::broken &&
         result.judgement.blame == model::Blame::host;
}

// What this host did wrong is tried again, perhaps by another one, until that was often enough.
void Worker::end_attempt(lease::Lease& lease, const Ran& ran) {
  const bool of_host = !ran.result || is_of_host(*ran.result);
  if (!of_host) return publish_result(lease, *ran.result);
  const std::string why = ran.result ? ran.result->judgement.reason : ran.fault;
  say(fmt::format("a fault of this host: {}", why));
  lease.fail(why);
}

// Once this worker is to stop, nothing that came of the cell is believed: whoever ends a job sends
// the signal to all of its processes, also to QEMU.
void Worker::claim_and_run(std::size_t item, const lease::Decision& decision) {
  const model::Cell& cell = cell_of(item);
  const auto lease = claim(item, decision);
  if (!lease) return;
  for (const std::string& line : decision.history)
    say(fmt::format("{}: {}", cell.id, line));
  say(fmt::format("{}: begun (attempt {})", cell.id, lease->attempt()));
  run::StopRequest stop;
  std::atomic<bool> lost{false};
  {
    const Relay relay(stop_.fd(), stop);
    const lease::Heart heart(*lease, batch_.rules.stale_after, [&] {
      lost = true;
      stop.request();
    });
    const Ran ran = run(cell, stop);
    if (lease->beat() == lease::Lease::Beat::lost) lost = true;
    if (!lost && !util::is_readable(stop_.fd()) && (ran.result || !ran.fault.empty()))
      return end_attempt(*lease, ran);
  }
  if (lost) return say(fmt::format("{}: its lease is lost, and so is this attempt", cell.id));
  lease->give_back("its worker was asked to stop");
  say(fmt::format("{}: given back", cell.id));
}

void Worker::claim_and_record(std::size_t item, const lease::Decision& decision) {
  const model::Cell& cell = cell_of(item);
  const auto lease = claim(item, decision);
  if (!lease) return;
  const std::string text =
      fmt::format("given up after {} attempts that failed by faults of hosts:\n{}",
                  decision.history.size(), fmt::join(decision.history, "\n"));
  publish_result(*lease, broken(cell, model::Blame::host, text));
}

static unsigned scale_here(const Batch& batch) {
  const auto accel = host::resolve_accel(batch.accel, host::probe_kvm()).accel;
  return run::scale_of({accel, host::hypervisor()}, 1);
}

// Else each cell would fail three times by a fault of the host, and be given up.
void Worker::require_kernels() const {
  for (const std::string& kernel : batch_.kernels)
    if (!is_stored(options_.directory, kernel))
      throw HostError(fmt::format("{} has no kernel {} yet", options_.directory.string(), kernel),
                      fmt::format("`kproof worker {} --kernels` makes all of them",
                                  options_.directory.string()));
}

End Worker::work() {
  require_kernels();
  if (const std::string lack = preflight(batch_, options_.scratch); !lack.empty()) {
    write_node_fault(options_.directory, name_, lack);
    say(fmt::format("this node runs no cells: {}", lack));
    return End::node;
  }
  scale_ = scale_here(batch_);
  const auto pause =
      std::clamp(batch_.rules.stale_after / 6, util::Millis(200), util::Millis(5000));
  while (!util::is_readable(stop_.fd())) {
    const std::vector<Sight> sights = look();
    const Choice choice = choose(sights, time());
    const lease::Decision decision =
        choice.item < sights.size() ? sights[choice.item].lease : lease::Decision{};
    switch (choice.act) {
      case Choice::Do::finished:
        return End::finished;
      case Choice::Do::no_time:
        return End::no_time;
      case Choice::Do::wait:
        util::is_readable(stop_.fd(), pause);
        break;
      case Choice::Do::run:
        claim_and_run(choice.item, decision);
        break;
      case Choice::Do::record:
        claim_and_record(choice.item, decision);
        break;
    }
  }
  return End::stopped;
}

End work(const Options& options, const run::StopRequest& stop) {
  return Worker(options, stop).work();
}

}  // namespace kproof::worker
