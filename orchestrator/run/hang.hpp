// What kind of a hang it is, from what the diagnosis collected. Pure.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/messages.hpp"
#include "model/hang.hpp"
#include "run/cpu_sample.hpp"

namespace kproof::run {

struct HangFacts {
  bool hello = false;                           // the agent said hello in this boot
  bool answers = false;                         // it answers a ping: the case hangs, not the kernel
  std::size_t console_bytes = 0;                // before the diagnosis began
  std::string last_line;                        // of the console then
  std::vector<std::vector<CpuSample>> samples;  // rounds, some time apart
  std::set<int> at_hlt;  // CPUs that stayed behind one HLT with interrupts on: they are idle
  std::map<int, std::string> functions;  // CPU -> where it stood, by the kernel's own backtraces
  std::map<std::uint64_t, std::string> names;  // of RIPs, by the symbols; "" where they have none
  bool sysrq_answered = false;
  // The case's tasks, some time apart; empty where the agent did not tell.
  std::optional<std::vector<agent::Task>> tasks_before, tasks;
};

// Decides kind and reason, and describes CPUs and tasks. The rules, in this order:
//   boot       the agent never said hello in this boot
//   irqs_off   a CPU was in the kernel with interrupts off in every round; the agent may answer all
//              the same, by another CPU
//   the agent answers   hung_task  a task is in D both times and did not run in between
//                       runs       a task is in R, or ran in between
//                       waits      otherwise
//   it does not answer  cpu_busy   a CPU was not idle in every round
//                       cpus_idle  otherwise
// Without samples of at least two rounds, or without tasks, it is unknown.
model::Hang understand(const HangFacts& facts);

// Where each CPU stood, as backtraces of the kernel's text say ("CPU: 1 PID: ..." and the first
// "RIP: 0010:foo+0x1/0x2" behind it). User code has no such RIP.
std::map<int, std::string> functions_in(std::string_view console);

}  // namespace kproof::run
