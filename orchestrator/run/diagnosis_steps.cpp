#include "run/diagnosis_steps.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "run/qmp.hpp"

namespace kproof::run {

// Of 10 s: 2 s for an answer, five looks in half a second, half a second for the kernel to begin.
DiagnosisTimes diagnosis_times(util::Millis budget) {
  return {.budget = budget,
          .reply = budget / 5,
          .interval = budget / 100,
          .answer = budget / 20,
          .quiet = budget / 50,
          .longest = budget / 4,
          .dump = budget * 3};
}

static void add_samples(std::deque<Step>& steps) {
  steps.push_back({Step::ask, "QEMU's state (query-status)", qmp::command("query-status")});
  steps.push_back({Step::ask, "QEMU's CPUs (query-cpus-fast)", qmp::command("query-cpus-fast")});
  for (std::size_t round = 1; round <= kSampleRounds; ++round)
    steps.push_back({Step::sample, fmt::format("registers, round {} of {}", round, kSampleRounds),
                     qmp::human("info registers -a")});
}

static void add_dump(const DiagnosisSetup& setup, std::deque<Step>& steps) {
  if (!setup.dump.empty())
    steps.push_back(
        {Step::dump, "memory dump, " + setup.dump.filename().string(), setup.dump.string()});
}

static std::string sysrq_title(char key) {
  switch (key) {
    case '9':
      return "sysrq 9: everything to the console";
    case 'l':
      return "sysrq l: backtraces of all CPUs";
    case 'w':
      return "sysrq w: blocked tasks";
    case 'm':
      return "sysrq m: memory";
    default:
      return "sysrq t: all tasks";
  }
}

// Tasks are the longest, so they are last. A guest inside prints notices and worse only
// (vm::inner_loglevel) until it is told otherwise.
std::deque<Step> steps_for_kernel(const DiagnosisSetup& setup) {
  std::deque<Step> steps;
  add_samples(steps);
  if (!setup.input.empty())
    steps.push_back({Step::connect, "input of the serial console (chardev-change)",
                     qmp::read_from("charserial0", setup.input.string(), setup.console.string())});
  for (const char key : std::string_view(setup.level > 1 ? "9lwmt" : "lwmt"))
    steps.push_back({Step::press, sysrq_title(key), std::string(1, key)});
  add_dump(setup, steps);
  steps.push_back({Step::nmi, "NMI (inject-nmi)", qmp::inject_nmi()});
  return steps;
}

// The agent looks twice, so that a task which waits is told from one that passes by.
std::deque<Step> steps_for_case(const DiagnosisSetup& setup) {
  std::deque<Step> steps{{Step::look, "tasks of the case, first look"}};
  add_samples(steps);
  steps.push_back({Step::look, "tasks of the case, and sysrq l, w, m, t by the agent", "lwmt"});
  add_dump(setup, steps);
  return steps;
}

bool stays(const CpuSample& last, const std::vector<std::vector<CpuSample>>& rounds) {
  return std::ranges::all_of(rounds, [&](const auto& round) {
    return std::ranges::any_of(round, [&](const CpuSample& s) {
      return s.cpu == last.cpu && s.rip == last.rip && s.interrupts && !s.user && !s.halted;
    });
  });
}

Step look_before(const CpuSample& last) {
  return {Step::hlt, fmt::format("last instruction of CPU {}", last.cpu),
          qmp::human(fmt::format("x /1xb {:#x}", last.rip - 1)), last.cpu};
}

}  // namespace kproof::run
