#include "console/culprit.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <re2/re2.h>

#include "console/backtraces.hpp"
#include "console/machinery.hpp"

namespace kproof::console {

// The CPUs that a report accuses, in its order.
static std::vector<int> accused_cpus(const std::vector<ReportLine>& lines) {
  static const RE2 stuck(R"((?:soft lockup - CPU#|hard LOCKUP on cpu |CPU (?:\d+ detected )?)(\d+))"
                         R"((?: stuck for|$|.*Hard LOCKUP| .*self-detected hard LOCKUP))");
  static const RE2 silent(R"(Detected non-responsive CSD lock.* for CPU#(\d+))");
  static const RE2 stalled(R"(^(?:rcu: )?\s+(\d+)-[.!O?N]+[:!])");  // print_cpu_stall_info()
  static const RE2 stalled_in_line(R"(detected (?:expedited )?stalls on CPUs/tasks: \{ (\d+)-)");
  std::vector<int> cpus;
  const auto add = [&](const std::string& text, const RE2& expression) {
    int cpu = -1;
    if (RE2::PartialMatch(text, expression, &cpu) && !std::ranges::count(cpus, cpu))
      cpus.push_back(cpu);
  };
  add(lines.front().text, stuck);
  for (const ReportLine& line : lines)
    for (const RE2* expression : {&silent, &stalled, &stalled_in_line})
      add(line.text, *expression);
  return cpus;
}

static std::string on_cpu(const Backtrace& trace) {
  return trace.cpu < 0 ? "the stalled task" : fmt::format("CPU {}", trace.cpu);
}

static Accusation accuse(const Backtrace& trace, std::string reason, bool other) {
  return {{trace.frame, trace.cpu, std::move(reason)}, other};
}

static Accusation nobody(int cpu, std::string reason) {
  return {{"", cpu, std::move(reason)}, false};
}

static const Backtrace* of_cpu(const std::vector<Backtrace>& traces, int cpu) {
  const auto found =
      std::ranges::find_if(traces, [&](const Backtrace& trace) { return trace.cpu == cpu; });
  return found == traces.end() ? nullptr : &*found;
}

// The backtrace to begin with: of an accused CPU, and rather of one that runs something.
static const Backtrace* begin_with(const std::vector<Backtrace>& traces,
                                   const std::vector<int>& accused) {
  const Backtrace* first = nullptr;
  for (const int cpu : accused) {
    const Backtrace* trace = of_cpu(traces, cpu);
    if (trace && trace->runs()) return trace;
    if (!first) first = trace;
  }
  if (first || !accused.empty()) return first;
  const auto runs = std::ranges::find_if(traces, &Backtrace::runs);
  if (runs != traces.end()) return &*runs;
  return traces.empty() ? nullptr : &traces.front();
}

static Accusation behind(const Backtrace& victim, const std::vector<Backtrace>& traces) {
  std::size_t others = 0;
  const Backtrace* culprit = nullptr;
  for (const Backtrace& trace : traces) {
    if (trace.cpu == victim.cpu || trace.cpu < 0) continue;
    ++others;
    if (!culprit && trace.runs()) culprit = &trace;
  }
  const std::string waits = fmt::format("{} waits in {}", on_cpu(victim), victim.waits_in);
  if (culprit)
    return accuse(*culprit, fmt::format("{}; {} runs {}", waits, on_cpu(*culprit), culprit->frame),
                  true);
  if (others == 0) return nobody(-1, waits + ", and no other CPU's backtrace was printed");
  return nobody(-1, waits + ", and every other CPU that was shown waits or is idle");
}

Accusation find_culprit(const std::vector<ReportLine>& lines) {
  const std::vector<Backtrace> traces = read_backtraces(lines);
  const std::vector<int> accused = accused_cpus(lines);
  const Backtrace* trace = begin_with(traces, accused);
  if (!trace && accused.empty()) return nobody(-1, "no backtrace was printed");
  if (!trace)
    return nobody(accused.front(),
                  fmt::format("CPU {}'s backtrace was not printed", accused.front()));
  if (trace->runs()) return accuse(*trace, on_cpu(*trace) + " runs it", false);
  if (!trace->waits_in.empty()) return behind(*trace, traces);
  return nobody(trace->cpu,
                on_cpu(*trace) + (trace->idle ? " is idle" : "'s backtrace names nobody"));
}

}  // namespace kproof::console
