#include "sweep/inputs.hpp"

#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sweep/jobs.hpp"
#include "util/hash.hpp"

namespace kproof::sweep {

namespace {
// Collects under a name, in order.
class Collector {
 public:
  util::Hasher& operator[](const std::string& name) { return hashers_[name]; }
  Inputs take() const {
    Inputs inputs;
    for (const auto& [name, hasher] : hashers_)
      inputs[name] = hasher.hex().substr(0, 16);
    return inputs;
  }

 private:
  std::map<std::string, util::Hasher> hashers_;
};
}  // namespace

static void add_texts(util::Hasher& hash, const std::vector<std::string>& texts) {
  hash.add(std::to_string(texts.size()));
  for (const std::string& text : texts)
    hash.add(text);
}

static void add_limits(util::Hasher& hash, const run::Deadlines& deadlines) {
  const auto& [boot, silence, test, ping, poweroff, last_words, examine, console] = deadlines;
  for (const util::Millis time : {boot, silence, test, ping, poweroff, last_words, examine})
    hash.add(std::to_string(time.count()));
  hash.add(std::to_string(console));
}

// Place and reason are for people, the globs were used when the cell was made; the rate of flaky
// ones is of all repetitions, when all have ended.
static void add_expectation(util::Hasher& hash, const model::Expectation& expectation) {
  const auto& [kernel, topology, test, verdict, also, findings, may_find, subtests, may_fail,
               allow_skips, reasons, flaky, reason, place] = expectation;
  const auto& [skip, miss, hang] = reasons;
  hash.add(to_string(verdict)).add(std::to_string(also.size()));
  for (const model::Verdict one : also)
    hash.add(to_string(one));
  for (const auto* patterns : {&findings, &may_find, &subtests, &may_fail})
    add_texts(hash, *patterns);
  hash.add(allow_skips ? "skips are named" : "skips are not named");
  if (allow_skips) add_texts(hash, *allow_skips);
  hash.add(skip).add(miss).add(hang);
}

// Likewise.
static void add_bound(util::Hasher& hash, const model::Bound& bound) {
  const auto& [kernel, topology, test, metric, least, most, unit, reason, place] = bound;
  hash.add(metric).add(unit);
  hash.add(least ? fmt::format("{}", *least) : "").add(most ? fmt::format("{}", *most) : "");
}

// The day counts only by which entries it finds expired.
static void add_known_issue(util::Hasher& hash, const model::KnownIssue& issue) {
  const auto& [title, fingerprint, at, from, to, link, until, reason, place] = issue;
  hash.add(title).add(fingerprint).add(at).add(from).add(to);
  hash.add(until < util::today() ? "expired" : "accepted");
}

// Its needs are in the job, the image and the command line; its time-out is in the deadlines.
static void add_description(util::Hasher& hash, const model::CaseDescription& description) {
  const auto& [name, summary, needs, evidence, timeout, quiet, inside] = description;
  hash.add(name).add(quiet ? "quiet" : "").add(inside);
  add_texts(hash, evidence);
}

// Much of it is sent; some decides only what must be proven.
static void add_topology(util::Hasher& hash, const model::Level& level) {
  const auto& [kernel, vcpus, memory, nvdimm, backing, cpu, pmu, numa, cmdline, mmu, params,
               preempt] = level;
  hash.add(std::to_string(vcpus)).add(std::to_string(memory)).add(std::to_string(nvdimm));
  hash.add(to_string(backing)).add(cpu).add(pmu ? "pmu" : "").add(to_string(mmu)).add(preempt);
  hash.add(std::to_string(numa));
  add_texts(hash, cmdline);
  for (const auto& [name, value] : params)
    hash.add(name).add(value);
}

static void add_level(Collector& inputs, const PreparedLevel& prepared) {
  const auto& [level, kernel, realtime, program, args, argv, description, cmdline, image, emulator,
               deadlines] = prepared;  // argv is in the job
  inputs["kernel"].add(kernel.identity).add(realtime ? "rt" : "");
  inputs["image"].add(image.identity).add(emulator);
  inputs["case"].add(program);
  add_texts(inputs["case"], args);
  add_description(inputs["case"], description);
  add_topology(inputs["topology"], level);
  add_limits(inputs["limits"], deadlines);
}

// The guest and the jobs as run_cell() sends them, but for the paths and the nonces of one run.
static void add_sent(Collector& inputs, const PreparedCell& cell, model::Accel accel) {
  inputs["guest"].add(vm::domain_xml(guest_of(cell, accel)));
  for (const agent::Job& job :
       agent_jobs(cell, accel, std::vector<std::string>(cell.levels.size())))
    inputs["job"].add(agent::to_json(job));
}

Inputs inputs_of(const PreparedCell& prepared, const Machine& machine) {
  const auto& [cell, levels, unmet, missing, earlier, quiet, no_files] = prepared;
  const auto& [accel, kvm_module, hypervisor, identity, qemu, no_nesting] = machine;
  Collector inputs;
  for (const auto& [name, text] : identity)
    inputs[name].add(text);
  inputs["accelerator"]
      .add(accel == model::Accel::kvm ? "kvm" : "tcg")
      .add(kvm_module)
      .add(hypervisor);
  for (const PreparedLevel& level : levels)
    add_level(inputs, level);
  add_sent(inputs, prepared, accel);
  add_texts(inputs["kernel"], unmet);
  add_texts(inputs["kernel"], missing);
  add_texts(inputs["kernel"], no_files);
  inputs["case"].add(quiet ? "quiet" : "");
  add_expectation(inputs["expectation"], cell.expectation);
  for (const model::Bound& bound : cell.bounds)
    add_bound(inputs["bounds"], bound);
  for (const model::KnownIssue& issue : cell.known_issues)
    add_known_issue(inputs["known issues"], issue);
  return inputs.take();
}

std::string to_string(const Inputs& inputs) {
  std::vector<std::string> words;
  for (const auto& [name, hash] : inputs)
    words.push_back(name + " " + hash);
  return fmt::format("{}", fmt::join(words, "; "));
}

}  // namespace kproof::sweep
