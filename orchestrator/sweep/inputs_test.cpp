#include "sweep/inputs.hpp"

#include <algorithm>
#include <functional>

#include <doctest/doctest.h>

#include "model/inputs.hpp"

using namespace kproof;
using namespace kproof::sweep;
using std::chrono::milliseconds;

namespace {
// A cell of two levels in which everything is there, and its machine.
struct Given {
  PreparedCell cell;
  Machine machine{.accel = model::Accel::kvm,
                  .kvm_module = "kvm_amd",
                  .identity = {{"QEMU", "7.2"}, {"kvm parameters", "kvm_amd.nested=1"}}};
  Given() {
    cell.cell.known_issues = {{.title = "t", .until = "2999-01-01"}};
    for (const char* name : {"outer", "inner"}) {
      PreparedLevel level;
      level.kernel.identity = level.image.identity = level.program = name;
      level.argv = {"/cases/" + std::string(name)};
      level.description.needs.sysctls = {{"kernel.watchdog_thresh", "1"}};
      level.deadlines = {milliseconds(1), milliseconds(2), milliseconds(3), milliseconds(4),
                         milliseconds(5), milliseconds(6), milliseconds(7), 8};
      cell.levels.push_back(level);
    }
  }
  PreparedLevel& outer() { return cell.levels.front(); }
  PreparedLevel& inner() { return cell.levels.back(); }
  std::string text() const { return to_string(inputs_of(cell, machine)); }
};

struct Change {
  const char* name;  // that is told to have changed, among others
  std::function<void(Given&)> make;
};
}  // namespace

// Each field of Deadlines; with one more, this and add_limits() do not compile.
static std::vector<Change> changes_of_limits() {
  return {{"limits", [](Given& g) { g.outer().deadlines.boot += milliseconds(1); }},
          {"limits", [](Given& g) { g.inner().deadlines.silence += milliseconds(1); }},
          {"limits", [](Given& g) { g.outer().deadlines.test += milliseconds(1); }},
          {"limits", [](Given& g) { g.outer().deadlines.ping += milliseconds(1); }},
          {"limits", [](Given& g) { g.inner().deadlines.poweroff += milliseconds(1); }},
          {"limits", [](Given& g) { g.outer().deadlines.last_words += milliseconds(1); }},
          {"limits", [](Given& g) { g.outer().deadlines.examine += milliseconds(1); }},
          {"limits", [](Given& g) { g.outer().deadlines.console += 1; }}};
}

static std::vector<Change> changes_of_level() {
  return {{"topology", [](Given& g) { g.outer().level.vcpus++; }},
          {"topology", [](Given& g) { g.inner().level.memory++; }},
          {"topology", [](Given& g) { g.outer().level.nvdimm = 1 << 30; }},
          {"topology", [](Given& g) { g.inner().level.backing = model::Backing::thp; }},
          {"topology", [](Given& g) { g.outer().level.cpu = "Nehalem"; }},
          {"topology", [](Given& g) { g.outer().level.numa = 2; }},
          {"topology", [](Given& g) { g.inner().level.mmu = model::Mmu::shadow; }},
          {"guest", [](Given& g) { g.outer().level.cmdline = {"nokaslr"}; }},
          {"guest",
           [](Given& g) {
             g.outer().level.params = {{"kvm.nx_huge_pages", "off"}};
           }},
          {"guest", [](Given& g) { g.outer().level.preempt = "full"; }},
          {"guest", [](Given& g) { g.outer().cmdline = {"hugepages=1"}; }},
          {"job", [](Given& g) { g.inner().cmdline = {"hugepages=1"}; }},
          {"job", [](Given& g) { g.inner().level.vcpus++; }},
          {"job", [](Given& g) { g.outer().level.mmu = model::Mmu::shadow; }}};  // KPROOF_MMU
}

static std::vector<Change> changes_of_what_runs() {
  return {{"kernel", [](Given& g) { g.inner().kernel.identity = "other"; }},
          {"kernel", [](Given& g) { g.cell.unmet = {"no module nfit"}; }},
          {"kernel", [](Given& g) { g.cell.missing = {"no module kvm_amd"}; }},
          {"image", [](Given& g) { g.outer().image.identity = "other"; }},
          {"image", [](Given& g) { g.outer().emulator = "/usr/bin/qemu"; }},
          {"case", [](Given& g) { g.outer().description.evidence = {"mapping_is_pud"}; }},
          {"case", [](Given& g) { g.cell.quiet = true; }},
          {"job", [](Given& g) { g.outer().argv = {"/cases/other"}; }},
          {"job", [](Given& g) { g.inner().argv.emplace_back("--rounds=2"); }},
          {"job",
           [](Given& g) {
             g.outer().description.needs.kvm = true;
             g.cell.levels.pop_back();
           }},
          {"job", [](Given& g) { g.inner().description.needs.sysctls[0].second = "2"; }}};
}

static std::vector<Change> changes_around() {
  return {
      {"accelerator", [](Given& g) { g.machine.accel = model::Accel::tcg; }},
      {"accelerator", [](Given& g) { g.machine.kvm_module = "kvm_intel"; }},
      {"QEMU", [](Given& g) { g.machine.identity["QEMU"] = "8.0"; }},
      {"kvm parameters",
       [](Given& g) { g.machine.identity["kvm parameters"] = "kvm_amd.nested=0"; }},
      {"a fact of tomorrow", [](Given& g) { g.machine.identity["a fact of tomorrow"] = ""; }},
      {"expectation", [](Given& g) { g.cell.cell.expectation.verdict = model::Verdict::fail; }},
      {"expectation", [](Given& g) { g.cell.cell.expectation.findings = {"bad pud"}; }},
      {"expectation", [](Given& g) { g.cell.cell.expectation.subtests = {"write"}; }},
      {"bounds", [](Given& g) { g.cell.cell.bounds = {{.metric = "m", .most = 1}}; }},
      {"bounds", [](Given& g) { g.cell.cell.bounds = {{.metric = "m", .least = 1}}; }},
      {"known issues", [](Given& g) { g.cell.cell.known_issues.front().title = "u"; }},
      {"known issues", [](Given& g) { g.cell.cell.known_issues.front().until = "2000-01-01"; }}};
}

TEST_CASE("whatever goes into a cell makes other inputs when it changes, and is named") {
  const std::string before = Given().text();
  CHECK(before == Given().text());
  for (const auto& changes :
       {changes_of_limits(), changes_of_level(), changes_of_what_runs(), changes_around()})
    for (std::size_t i = 0; i < changes.size(); ++i) {
      Given given;
      changes[i].make(given);
      CAPTURE(changes[i].name);
      CAPTURE(i);
      CHECK(given.text() != before);
      const auto names = model::differing_inputs(before, given.text());
      CHECK(std::ranges::find(names, changes[i].name) != names.end());
    }
}

TEST_CASE("names, places and words for people are no inputs") {
  Given given;
  given.cell.cell.id = "elsewhere";
  given.cell.cell.kernel.label = given.cell.cell.topology.name = "other";
  given.cell.cell.expectation.reason = given.cell.cell.expectation.place = "other";
  given.outer().image.pieces = {std::filesystem::path("/elsewhere")};
  given.outer().kernel.boot_file = "/elsewhere";
  CHECK(given.text() == Given().text());
}

TEST_CASE("what differs is named from both sides, and of an unknown text everything") {
  CHECK(model::differing_inputs("A 1; B b 2", "A 1; B b 2").empty());
  CHECK(model::differing_inputs("A 1; B b 2", "A 1; B b 3") == std::vector<std::string>{"B b"});
  CHECK(model::differing_inputs("A 1; gone 2", "A 1; new 3") ==
        std::vector<std::string>{"new", "gone"});
  CHECK(model::differing_inputs("0123456789abcdef", "A 1; B 2") ==
        std::vector<std::string>{"A", "B"});
}
