#include "sweep/inspection.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "util/error.hpp"
#include "util/units.hpp"

namespace kproof::sweep {

const std::vector<std::string> kCoreModules{"qemu_fw_cfg"};

std::size_t index_of_case(const PreparedCell& cell) {
  for (std::size_t i = 0; i < cell.levels.size(); ++i)
    if (cell.levels[i].program == cell.cell.test.name) return i;
  return cell.levels.size() - 1;
}

static std::size_t index_of(const PreparedCell& cell, const Inspection& inspection) {
  return inspection.level == 0 ? index_of_case(cell) : inspection.level - 1;
}

// The kernel stands still where it panicked, and where it warned unless that is not the moment that
// is asked for. No nokaslr: a kernel that is entered by PVH does not know the word and hands it to
// init; where a kernel did move itself its vmcoreinfo says so.
static void prepare_core(PreparedCell& cell, const Inspection& inspection) {
  auto& words = cell.levels.front().level.cmdline;
  words.emplace_back("panic=0");
  if (inspection.core->at() != run::CoreAt::end) words.emplace_back("panic_on_warn=1");
}

// Buffers are the kernel's memory, and go through the agent's port. There may be one CPU more than
// the level's (agent::Job::spare_cpu0).
static void require_room(const model::Level& level, const agent::Trace& what) {
  const std::uint64_t cpus = level.vcpus + 1;
  const std::uint64_t all = what.buffer * cpus;
  const std::uint64_t most = std::min<std::uint64_t>(agent::kMostTrace * 3 / 4, level.memory / 4);
  if (all <= most) return;
  throw ConfigError(
      fmt::format("--buffer {} for each of {} is {}; a guest of {} has room for {}",
                  util::format_size(what.buffer), util::format_count(cpus, "CPU"),
                  util::format_size(all), util::format_size(level.memory), util::format_size(most)),
      fmt::format("--buffer {}K, or fewer CPUs in the topology", most / cpus >> 10));
}

static void prepare_trace(PreparedCell& cell, const Inspection& inspection) {
  if (inspection.level > cell.levels.size())
    throw ConfigError(
        fmt::format("--level {}: topology `{}` has {}", inspection.level, cell.cell.topology.name,
                    util::format_count(cell.levels.size(), "level")),
        "without --level it is the level of the case");
  PreparedLevel& level = cell.levels[index_of(cell, inspection)];
  require_room(level.level, inspection.what);
  level.description.needs.kconfig.emplace_back("CONFIG_EVENT_TRACING");
  if (!inspection.what.probes.empty())
    level.description.needs.kconfig.emplace_back("CONFIG_KPROBE_EVENTS");
  // An agent that lives on can send what led to the oops; the session ends the guest then.
  level.description.needs.sysctls.emplace_back("kernel.panic_on_oops", "0");
}

PreparedCell inspected(PreparedCell cell, const Inspection& inspection) {
  if (inspection.core) prepare_core(cell, inspection);
  if (inspection.trace) prepare_trace(cell, inspection);
  cell.quiet = false;
  return cell;
}

void put_inspection(run::GuestJob& job, const PreparedCell& cell, const Inspection& inspection) {
  job.own_case = index_of_case(cell);
  job.core = inspection.core;
  if (job.core) {
    job.core->put(inspection.file.empty() ? job.files.core() : inspection.file);
    job.guest.for_core = true;
  }
  job.trace = inspection.trace;
  if (!job.trace) return;
  job.traced = index_of(cell, inspection);
  job.levels.at(job.traced).job.trace = inspection.what;
}

}  // namespace kproof::sweep
