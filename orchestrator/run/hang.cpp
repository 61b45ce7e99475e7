#include "run/hang.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kproof::run {
using model::Hang;
using model::HangKind;

namespace {
enum class CpuState { spins, busy, idle, dead };

struct Cpu {
  int number = 0;
  CpuState state = CpuState::idle;
  std::string text;
};
}  // namespace

static std::vector<CpuSample> samples_of(int cpu, const HangFacts& facts) {
  std::vector<CpuSample> samples;
  for (const auto& round : facts.samples)
    for (const CpuSample& sample : round)
      if (sample.cpu == cpu) samples.push_back(sample);
  return samples;
}

static CpuState state_of(int cpu, const std::vector<CpuSample>& samples, const HangFacts& facts) {
  const auto all = [&](auto is) { return std::ranges::all_of(samples, is); };
  if (all([](const CpuSample& s) { return s.halted; }))
    return all([](const CpuSample& s) { return !s.interrupts; }) ? CpuState::dead : CpuState::idle;
  if (facts.at_hlt.contains(cpu)) return CpuState::idle;
  if (all([](const CpuSample& s) { return !s.halted && !s.interrupts && !s.user; }))
    return CpuState::spins;
  return all([](const CpuSample& s) { return !s.halted; }) ? CpuState::busy : CpuState::idle;
}

static std::string place_of(int cpu, const CpuSample& last, const HangFacts& facts) {
  const auto known = facts.functions.find(cpu);
  if (known != facts.functions.end()) return "in " + known->second;
  const auto named = facts.names.find(last.rip);
  if (named != facts.names.end() && !named->second.empty()) return "in " + named->second;
  return fmt::format("at RIP {:#x}", last.rip);
}

static std::string describe(int cpu, CpuState state, const std::vector<CpuSample>& samples,
                            const HangFacts& facts) {
  const auto user = std::ranges::count_if(samples, [](const CpuSample& s) { return s.user; });
  const std::string place = place_of(cpu, samples.back(), facts);
  switch (state) {
    case CpuState::spins:
      return fmt::format("CPU {} spins with interrupts off {}", cpu, place);
    case CpuState::busy:
      if (user == 0) return fmt::format("CPU {} is busy in the kernel, {}", cpu, place);
      return fmt::format("CPU {} runs user code, {} of {} times", cpu, user, samples.size());
    case CpuState::dead:
      return fmt::format("CPU {} is halted with interrupts off", cpu);
    case CpuState::idle:
      break;
  }
  return fmt::format("CPU {} is idle", cpu);
}

// Two looks are the least that tells a CPU that stays from one that was passing by.
static std::vector<Cpu> judge_cpus(const HangFacts& facts) {
  std::vector<Cpu> cpus;
  if (facts.samples.size() < 2) return cpus;
  for (const CpuSample& sample : facts.samples.back()) {
    const auto samples = samples_of(sample.cpu, facts);
    const CpuState state = state_of(sample.cpu, samples, facts);
    cpus.push_back({sample.cpu, state, describe(sample.cpu, state, samples, facts)});
  }
  return cpus;
}

static std::string describe(const agent::Task& task) {
  return fmt::format("{} ({}) {}{}", task.tid, task.name, task.state,
                     task.wchan.empty() ? "" : " in " + task.wchan);
}

static const agent::Task* earlier(const agent::Task& task, const HangFacts& facts) {
  if (!facts.tasks_before) return nullptr;
  const auto found = std::ranges::find_if(
      *facts.tasks_before, [&](const agent::Task& before) { return before.tid == task.tid; });
  return found == facts.tasks_before->end() ? nullptr : &*found;
}

static bool hangs(const agent::Task& task, const HangFacts& facts) {
  const agent::Task* before = earlier(task, facts);
  return task.state == "D" && before && before->state == "D" && before->switches == task.switches;
}

static bool ran(const agent::Task& task, const HangFacts& facts) {
  const agent::Task* before = earlier(task, facts);
  return task.state == "R" || (before && before->switches != task.switches);
}

static void judge_case(const HangFacts& facts, Hang& hang) {
  if (!facts.tasks || facts.tasks->empty()) {
    hang.reason = facts.tasks ? "the agent answers, and no task of the case is left"
                              : "the agent answered the ping, and did not tell of the case";
    return;
  }
  for (const agent::Task& task : *facts.tasks)
    hang.tasks.push_back(describe(task));
  const auto first = [&](auto is) {
    return std::ranges::find_if(*facts.tasks,
                                [&](const agent::Task& task) { return is(task, facts); });
  };
  auto task = first(hangs);
  hang.kind = HangKind::hung_task;
  if (task != facts.tasks->end()) {
    hang.reason = fmt::format("the agent answers, a task of the case hangs: {}", describe(*task));
    return;
  }
  task = first(ran);
  hang.kind = HangKind::runs;
  if (task != facts.tasks->end()) {
    hang.reason = fmt::format("the agent answers, the case runs for ever: {}", describe(*task));
    return;
  }
  hang.kind = HangKind::waits;
  hang.reason = fmt::format("the agent answers, the case sleeps for ever: {}",
                            describe(facts.tasks->front()));
}

static std::string join(const std::vector<Cpu>& cpus, CpuState state) {
  std::vector<std::string> texts;
  for (const Cpu& cpu : cpus)
    if (cpu.state == state) texts.push_back(cpu.text);
  return fmt::to_string(fmt::join(texts, ", "));
}

static void judge_boot(const HangFacts& facts, const std::vector<Cpu>& cpus, Hang& hang) {
  hang.kind = HangKind::boot;
  hang.reason = "silent from the boot on, ";
  hang.reason += facts.console_bytes == 0 ? "with nothing on the console"
                                          : "last on the console: " + facts.last_line;
  for (const Cpu& cpu : cpus)
    hang.reason += "; " + cpu.text;
}

static void judge_kernel(const HangFacts& facts, const std::vector<Cpu>& cpus, Hang& hang) {
  const std::string busy = join(cpus, CpuState::busy);
  const std::string sysrq =
      facts.sysrq_answered ? "the kernel answers sysrq" : "the kernel does not answer sysrq";
  if (cpus.empty()) {
    hang.reason = "the agent does not answer, and QEMU did not tell what its CPUs do; " + sysrq;
  } else if (!busy.empty()) {
    hang.kind = HangKind::cpu_busy;
    hang.reason = fmt::format("interrupts are on and the agent does not run: {}; {}", busy, sysrq);
  } else {
    hang.kind = HangKind::cpus_idle;
    hang.reason = "every CPU is idle; " + sysrq;
  }
}

Hang understand(const HangFacts& facts) {
  Hang hang{.agent_answers = facts.answers};
  const std::vector<Cpu> cpus = judge_cpus(facts);
  for (const Cpu& cpu : cpus)
    hang.cpus.push_back(cpu.text);
  const std::string spins = join(cpus, CpuState::spins);
  if (facts.answers)
    judge_case(facts, hang);
  else if (!facts.hello)
    judge_boot(facts, cpus, hang);
  else if (spins.empty())
    judge_kernel(facts, cpus, hang);
  if (facts.hello && !spins.empty()) {
    hang.kind = HangKind::irqs_off;
    hang.reason = (facts.answers ? "the agent answers, by another CPU: " : "") + spins;
  }
  return hang;
}

std::map<int, std::string> functions_in(std::string_view console) {
  constexpr std::string_view kCpu = "CPU: ", kRip = "RIP: 0010:";
  std::map<int, std::string> functions;
  int cpu = -1;
  for (std::size_t at = 0; at < console.size();) {
    const std::size_t end = std::min(console.find('\n', at), console.size());
    const std::string_view line = console.substr(at, end - at);
    at = end + 1;
    if (const std::size_t says = line.find(kCpu); says != line.npos)
      std::from_chars(line.data() + says + kCpu.size(), line.data() + line.size(), cpu);
    const std::size_t rip = line.find(kRip);
    if (rip == line.npos || cpu < 0) continue;
    const std::string_view place = line.substr(rip + kRip.size());
    functions.emplace(cpu, place.substr(0, place.find_first_of(" \r")));
  }
  return functions;
}

}  // namespace kproof::run
