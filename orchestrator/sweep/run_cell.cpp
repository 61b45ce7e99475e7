#include "sweep/run_cell.hpp"

#include <algorithm>
#include <chrono>
#include <random>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "report/json.hpp"
#include "run/kernel_words.hpp"
#include "run/level_evidence.hpp"
#include "run/observe.hpp"
#include "run/timeline.hpp"
#include "sweep/attempts.hpp"
#include "sweep/held.hpp"
#include "sweep/jobs.hpp"
#include "sweep/kernel_config.hpp"
#include "sweep/traces.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "verdict/bounds.hpp"
#include "verdict/doubt.hpp"
#include "verdict/judge.hpp"
#include "verdict/known_issues.hpp"

namespace kproof::sweep {
namespace fs = std::filesystem;

// Unguessable, so that nothing but our agent can have printed the canary.
static std::string make_nonce() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

static std::vector<std::string> make_nonces(std::size_t levels) {
  std::vector<std::string> nonces(levels);
  std::generate(nonces.begin(), nonces.end(), make_nonce);
  return nonces;
}

static run::GuestJob make_job(const PreparedCell& cell, const Site& site, unsigned serial,
                              const std::vector<std::string>& nonces) {
  const PreparedLevel& level = cell.levels.front();
  run::GuestJob job{.guest = guest_of(cell, site.accel),
                    .levels = jobs_of(cell, site.accel, nonces),
                    .files = {site.out / "cells" / cell.cell.id}};
  vm::GuestSpec& guest = job.guest;
  // Two containers may share a libvirt, and have the same PIDs.
  guest.name =
      fmt::format("kproof-{}-{}-{:04x}", ::getpid(), serial, std::random_device{}() & 0xffff);
  guest.pinned_cpu = site.connection.pinned_cpu();
  guest.emulator = site.emulator;
  guest.run_as = site.run_as;
  guest.kernel = level.kernel.boot_file;
  job.shares_socket = !site.connection.embedded();
  guest.console_log = job.files.level(1).console();
  guest.agent_socket = site.runtime_dir / fmt::format("agent-{}.sock", serial);
  guest.nvdimm_file = site.runtime_dir / fmt::format("nvdimm-{}", serial);
  for (run::LevelJob& of_level : job.levels)
    of_level.diagnosis_mark = make_nonce();
  job.levels.front().qemu_log = site.connection.qemu_log(guest.name);
  // A QEMU that has given up root may not get to the file. It has the only set of descriptors that
  // libvirt hands on to it: that of the file which libvirt opened for it.
  if (!site.run_as.empty()) job.levels.front().console_of_qemu = "/dev/fdset/0";
  job.levels.front().console_input = site.runtime_dir / fmt::format("keys-{}", serial);
  job.hold = site.hold;
  job.door = site.runtime_dir / fmt::format("door-{}", serial);
  job.facts = facts_of(cell, site.accel, site.out);
  job.say = [&site, id = cell.cell.id](const std::string& why) { site.say(tell_held(id, why)); };
  for (run::LevelJob& of_level : job.levels)
    of_level.job.hold = site.hold.any();
  if (site.dump_on_hang) job.levels.front().memory_dump = job.files.memory();
  if (site.visit) put_visit(job, cell, *site.visit);
  if (site.inspection) put_inspection(job, cell, *site.inspection);
  return job;
}

static void describe_levels(model::CellResult& result, const PreparedCell& cell) {
  int depth = 0;
  for (const PreparedLevel& level : cell.levels) {
    result.levels.push_back(level.level);
    result.command_lines.push_back(vm::kernel_cmdline(level.level, level.cmdline, ++depth));
  }
}

model::CellResult blank_result(const PreparedCell& cell) {
  model::CellResult result;
  result.id = cell.cell.id;
  const model::KernelArtifact& kernel = cell.levels.front().kernel;
  result.kernel = cell.cell.kernel.name;
  result.kernel_label = cell.cell.kernel.label;
  result.kernel_origin = kernel.origin;
  result.kernel_release = kernel.release;
  result.topology = cell.cell.topology.name;
  result.test = cell.cell.test.alias;
  result.axes = cell.cell.axes;
  result.repetition = cell.cell.repetition;
  result.args = cell.cell.test.args;
  describe_levels(result, cell);
  result.inputs = cell.inputs;
  result.expectation = cell.cell.expectation;
  result.started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  return result;
}

// Evidence of the topology, beside what the level's case said of itself.
static void add_level_evidence(const PreparedCell& cell, const run::GuestRecord& record,
                               std::vector<run::Observed>& seen) {
  std::vector<run::LevelFacts> facts;
  for (std::size_t i = 0; i < record.size(); ++i)
    facts.push_back({cell.levels[i].level, record[i].facts, record[i].hypervisor});
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const bool last = i + 1 == facts.size();
    auto proofs = run::level_evidence(facts[i], i > 0 ? &facts[i - 1] : nullptr,
                                      last ? nullptr : &facts[i + 1], i + 2 < facts.size());
    for (model::Evidence& proof : proofs) {
      proof.level = static_cast<int>(i) + 1;
      seen[i].report.evidence.push_back(std::move(proof));
    }
  }
}

// A visit proves nothing of a topology or a case.
static std::vector<std::string> declared_evidence(const PreparedCell& cell, std::size_t index,
                                                  const Visit* visit) {
  if (visit) return {};
  const PreparedLevel& level = cell.levels[index];
  std::vector<std::string> names = level.description.evidence;
  for (std::string& name :
       run::owed_evidence(level.level, index > 0, index + 1 < cell.levels.size()))
    names.push_back(std::move(name));
  return names;
}

static void add_unproven(model::CellResult& result, const std::vector<std::string>& declared,
                         const std::vector<model::Evidence>& reported) {
  for (const std::string& name : declared)
    if (std::ranges::none_of(
            reported, [&](const model::Evidence& one) { return one.name == name && one.proven; }))
      result.unproven.push_back(name);
}

// All levels' parts, in the order of the levels.
static void fill_in(model::CellResult& result, const PreparedCell& cell,
                    const run::GuestRecord& record, const std::vector<run::Observed>& seen,
                    const Visit* visit) {
  const auto append = [](auto& to, const auto& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  for (std::size_t i = 0; i < record.size(); ++i) {
    append(result.findings, seen[i].findings);
    append(result.evidence, seen[i].report.evidence);
    add_unproven(result, declared_evidence(cell, i, visit), seen[i].report.evidence);
    append(result.metrics, seen[i].report.metrics);
    append(result.subtests, seen[i].report.subtests);
    append(result.phases, record[i].outcome.phases);
    if (record[i].outcome.hang) result.hangs.push_back(*record[i].outcome.hang);
  }
}

static void apply_bounds(const PreparedCell& cell, std::vector<run::Observed>& seen) {
  std::vector<model::CaseReport*> reports;
  for (std::size_t i = 0; i < seen.size(); ++i)
    if (!cell.levels[i].program.empty()) reports.push_back(&seen[i].report);
  verdict::apply_bounds(cell.cell.bounds, reports);
}

// As the guest's banner has it, else as it said itself, else as the package has it.
static const std::string& release_at(const PreparedCell& cell, const run::GuestRecord& record,
                                     const std::vector<run::Observed>& seen, std::size_t index) {
  if (!seen[index].upstream.empty()) return seen[index].upstream;
  const std::string& said = record[index].release;
  return said.empty() ? cell.levels[index].kernel.release : said;
}

// What speaks for another fault than the kernel's, if anything.
static verdict::Doubt judge_into(model::CellResult& result, const PreparedCell& cell,
                                 const run::GuestRecord& record, std::vector<run::Observed> seen,
                                 const Site& site, const Visit* visit) {
  for (std::size_t i = 0; i < record.size(); ++i)
    verdict::mark_known(seen[i].findings, cell.cell.known_issues, release_at(cell, record, seen, i),
                        util::today());
  apply_bounds(cell, seen);
  fill_in(result, cell, record, seen, visit);
  std::vector<verdict::Observation> levels;
  for (std::size_t i = 0; i < record.size(); ++i)
    levels.push_back({.level = static_cast<int>(i) + 1,
                      .runs_case = !visit && !cell.levels[i].program.empty(),
                      .outcome = record[i].outcome,
                      .report = seen[i].report,
                      .evidence = declared_evidence(cell, i, visit),
                      .findings = seen[i].findings,
                      .canaries = seen[i].canaries,
                      .unmet = i == 0 ? cell.unmet : std::vector<std::string>{},
                      .missing = i == 0 ? cell.missing : std::vector<std::string>{},
                      .lost_kmsg = seen[i].lost_kmsg,
                      .left_out = seen[i].left_out,
                      .oopsed = seen[i].oopsed});
  result.judgement = verdict::judge(cell.cell.expectation, levels);
  return verdict::doubt(run::emulated({site.accel, site.hypervisor}), levels, result.judgement);
}

// Of a guest that was not booted, because it is known what would come of it.
static void judge_unbooted(model::CellResult& result, const PreparedCell& cell, const Site& site) {
  run::GuestRecord record(1);
  record[0].outcome = {};
  judge_into(result, cell, record, std::vector<run::Observed>(1), site, nullptr);
}

// Of what could not be had the kernel may have said why.
static void quote_kernel(model::Judgement& judgement, const run::CellFiles& files,
                         const std::vector<std::string>& nonces) {
  if (judgement.verdict != model::Verdict::miss && judgement.verdict != model::Verdict::skip)
    return;
  const fs::path kmsg = files.level(judgement.level).kmsg();
  if (!fs::exists(kmsg)) return;
  const auto level = static_cast<std::size_t>(judgement.level);
  const auto lines =
      run::kernel_words(util::read_file(kmsg), judgement.reason, nonces.at(level - 1));
  for (std::size_t i = 0; i < lines.size(); ++i)
    judgement.reason += fmt::format("{}\"{}\"", i == 0 ? "; the kernel said: " : " and ", lines[i]);
}

static void write_timeline(const run::CellFiles& files, const run::GuestRecord& record) {
  std::vector<run::LevelLog> logs;
  for (std::size_t i = 0; i < record.size(); ++i) {
    const int level = static_cast<int>(i) + 1;
    logs.push_back({level, util::read_file(files.level(level).kmsg()), record[i].clock_offset});
  }
  util::write_file_atomically(files.timeline(), run::timeline(logs));
}

// Results of two hosts are comparable where their guests' CPUs are: each level says what it had,
// whether the plan names it or not. A guest inside has the CPU of the level around it.
static void name_cpus(std::vector<model::Level>& levels, const vm::GuestSpec& outermost) {
  for (model::Level& level : levels)
    level.cpu = "host";
  levels.front().cpu = vm::cpu_model(outermost.level, outermost.pinned_cpu);
}

static std::optional<Attempt> boot_and_judge(const PreparedCell& cell, const Site& site,
                                             unsigned serial, const run::StopRequest& stop,
                                             const run::PhaseListener& on_phase) {
  Attempt attempt{.result = blank_result(cell), .doubt = {}};
  model::CellResult& result = attempt.result;
  const auto nonces = make_nonces(cell.levels.size());
  run::GuestJob job = make_job(cell, site, serial, nonces);
  fs::remove_all(job.files.dir);  // logs of an earlier run must not be read as this one's
  fs::create_directories(job.files.dir);
  if (!cell.unmet.empty() || !cell.missing.empty()) {
    judge_unbooted(result, cell, site);
    return attempt;
  }
  name_cpus(result.levels, job.guest);
  const image::JoinedImage image(cell.levels.front().image, site.out / "images");
  job.guest.initramfs = image.path();
  if (site.visit && !cell.no_files.empty())
    site.visit->warn(fmt::format("without the host's files: {}", fmt::join(cell.no_files, "; ")));
  auto record = run::run_guest(site.connection, job, stop, on_phase);
  if (!record) return std::nullopt;
  if (!record->front().release.empty()) result.kernel_release = record->front().release;
  std::vector<run::Observed> seen;
  for (std::size_t i = 0; i < record->size(); ++i)
    seen.push_back(run::observe(job.files.level(static_cast<int>(i) + 1), nonces[i],
                                (*record)[i].output_dropped, (*record)[i].diagnosis_output));
  if (record->size() > 1) write_timeline(job.files, *record);
  site.visit ? leave_out_command(*record, seen) : add_level_evidence(cell, *record, seen);
  attempt.doubt = judge_into(result, cell, *record, seen, site, site.visit);
  quote_kernel(result.judgement, job.files, nonces);
  if (result.judgement.verdict == model::Verdict::hang)  // which says nothing of the kernel then
    result.judgement.reason += run::hint_at_limits({site.accel, site.hypervisor});
  note_visits(result.judgement, record->front().visits);
  if (const std::string traces = decode_traces(cell.levels, result.findings); !traces.empty())
    util::write_file_atomically(job.files.decoded(), traces);
  result.files = job.files.below(site.out);
  if (const std::string kept = keep_config(cell.levels.front().kernel, site.out); !kept.empty())
    result.files["config"] = kept;
  return attempt;
}

// A user's command is not run again: where another than the kernel may have failed, nothing is
// claimed.
static std::optional<model::CellResult> only_attempt(std::optional<Attempt> attempt) {
  if (!attempt) return std::nullopt;
  model::Judgement& judgement = attempt->result.judgement;
  judgement = verdict::settle_at_once(judgement, attempt->doubt);
  return std::move(attempt->result);
}

std::optional<model::CellResult> run_cell(const PreparedCell& cell, const Site& site,
                                          unsigned serial, const run::StopRequest& stop,
                                          const run::PhaseListener& on_phase) {
  const AttemptPlace place{site.out, "cells/" + cell.cell.id};
  std::optional<model::CellResult> result;
  try {
    const auto attempt = [&](unsigned nth) {
      return boot_and_judge(cell, site, serial * verdict::kAttempts + nth, stop, on_phase);
    };
    result = site.visit || site.inspection ? only_attempt(attempt(0))
                                           : attempt_until_one_counts(place, attempt);
    if (result) report::write_cell(place.out / place.cell, *result);
  } catch (
      const std::exception& error) {  // HostError, or filesystem_error: this host, not that kernel
    result = blank_result(cell);
    result->judgement = {
        .verdict = model::Verdict::broken, .blame = model::Blame::host, .reason = error.what()};
  }
  return result;
}

}  // namespace kproof::sweep
