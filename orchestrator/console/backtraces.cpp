#include "console/backtraces.hpp"

#include <algorithm>

#include <re2/re2.h>

#include "console/machinery.hpp"
#include "console/symbol_name.hpp"
#include "console/trace_lines.hpp"

namespace kproof::console {

static const Stack kWhole{{"@IP", "@T", kTrace}, {"@T", kTrace}};
static const Stack kBelowInterrupt{
    {"apic_timer_interrupt|__irq_svc|el1h?_(?:64_)?irq|timer_interrupt_common", kTrace},
    {"@T", kTrace},
    "^(?:asm_)?(?:sysvec_)?apic_timer_interrupt|^rcu_|sched_clock_irq"};

// The head of a backtrace: which CPU's; false if the line is none.
static bool starts_backtrace(const std::string& text, Backtrace& trace) {
  static const RE2 head(R"(^(?:CPU: (\d+) (?:UID: \d+ )?PID: |NMI backtrace for cpu (\d+)|)"
                        R"(Task dump for CPU (\d+):|task:\S+ +state:))");
  std::string own, nmi, task;
  if (!RE2::PartialMatch(text, head, &own, &nmi, &task)) return false;
  const std::string& number = !own.empty() ? own : !nmi.empty() ? nmi : task;
  trace.cpu = number.empty() || number.size() > 6 ? -1 : std::stoi(number);
  trace.idle = text.find("skipped: idling at") != text.npos;
  return true;
}

// Waits until other CPUs let go of a lock, or answer.
static bool is_wait(const std::string& function) {
  // clang-format off
  static const NameSet waits{
      "^(__)?(native_|__pv_)?queued_(spin|read|write)_lock_slowpath", "^_raw_(spin|read|write)_(try)?lock",
      "^do_raw_(spin|read|write)_(try)?lock", "^rt_(spin|read|write)_lock", "^__ticket_spin_lock",
      "^arch_spin_lock", "^lock_acquire$", "^__lock_acquire$",
      "^smp_call_function", "^generic_exec_single", "^csd_lock_wait", "^__csd_lock_wait", "^on_each_cpu",
      "^native_flush_tlb_(multi|others)", "^flush_tlb_(multi|others)", "^kvm_make_(all_cpus|vcpus)_request",
      "^kvm_kick_many_cpus", "^multi_cpu_stop", "^stop_machine", "^rcu_barrier",
      "^osq_lock", "^mutex_spin_on_owner", "^rwsem_spin_on_owner", "^(__)?cpu_wait", "^kvm_wait$"};
  // clang-format on
  return waits.contains(function);
}

static bool is_idle(const std::string& function) {
  static const NameSet idle{"^(native|pv_native)_safe_halt",
                            "^default_idle",
                            "^mwait_idle",
                            "^(acpi|intel)_idle",
                            "^acpi_safe_halt",
                            "^cpu_idle_poll",
                            "^cpuidle_",
                            "^arch_cpu_idle",
                            "^cpu_do_idle",
                            "^poll_idle",
                            "^do_idle$"};
  return idle.contains(function);
}

// What is left on the stack of a task from the last time when it gave its CPU away, if nothing else
// is there; and RCU's own thread, which is shown because it could not run.
static bool is_bystander(const std::string& function) {
  static const NameSet bystanders{"^__schedule$", "^schedule$", "^__switch_to(_asm)?$",
                                  "^context_switch$", "^rcu_gp_(fqs_loop|kthread|init|cleanup)$"};
  return bystanders.contains(function);
}

// Runs on every CPU that prints a backtrace, above what it was doing.
static bool prints(const std::string& function) {
  static const NameSet printing{
      "dump_stack", "^dump_backtrace", "^show_(stack|regs)", "backtrace", "^nmi_",
      "_nmi$",      "^default_do_nmi", "^watchdog_",         "^rcu_",     "_lockup|lockup_",
      "^panic",     "sched_show_task", "^sched_clock_irq"};
  return printing.contains(function);
}

// What the CPU was in the middle of: where it stood, and what called that.
static std::vector<std::string> innermost(const std::vector<ReportLine>& part) {
  static const RE2 at(expand("(?:@IP|^ *(?:@PC ){0,2}@F)"));
  constexpr std::size_t kDeep = 3;
  std::vector<std::string> functions;
  for (const ReportLine& line : part) {
    re2::StringPiece found[3];
    if (!at.Match(line.text, 0, line.text.size(), RE2::UNANCHORED, found, 3)) continue;
    const re2::StringPiece& name = found[1].empty() ? found[2] : found[1];
    if (name.empty()) continue;
    std::string function = readable_name({name.data(), name.size()});
    if (prints(function) || (!functions.empty() && functions.back() == function)) continue;
    functions.push_back(std::move(function));
    if (functions.size() == kDeep) break;
  }
  return functions;
}

static void read(Backtrace& trace, const std::vector<ReportLine>& part, bool interrupted) {
  const std::vector<std::string> inner = innermost(part);
  const auto waits = std::ranges::find_if(inner, is_wait);
  if (waits != inner.end()) trace.waits_in = *waits;
  trace.idle |= trace.waits_in.empty() && std::ranges::any_of(inner, is_idle);
  if (interrupted) trace.frame = find_frame(kBelowInterrupt, part).own;
  if (trace.frame.empty()) trace.frame = find_frame(kWhole, part).own;
  if (is_bystander(trace.frame) || prints(trace.frame)) trace.frame.clear();
}

// The part of a trace that only looked: what it looked at stands behind it.
class Inspection {
 public:
  bool holds(const std::string& text) {
    if (text.find("<NMI>") != std::string::npos) inside_ = true;
    const bool ends =
        text.find("<EOE>") != std::string::npos || text.find("</NMI>") != std::string::npos;
    inside_ &= !ends;
    return inside_;
  }

 private:
  bool inside_ = false;
};

std::vector<Backtrace> read_backtraces(const std::vector<ReportLine>& lines) {
  static const RE2 interrupt("apic_timer_interrupt|__irq_svc|el1h?_(?:64_)?irq");
  std::vector<Backtrace> traces;
  std::vector<ReportLine> part;
  bool interrupted = false;
  Inspection inspection;
  const auto finish = [&] {
    if (!traces.empty()) read(traces.back(), part, interrupted);
    part.clear();
    interrupted = false;
    inspection = {};
  };
  for (const ReportLine& line : lines) {
    Backtrace head;
    if (starts_backtrace(line.text, head)) {
      // An NMI's backtrace says "CPU: 1" once more.
      if (!traces.empty() && traces.back().cpu == head.cpu && head.cpu >= 0 && part.empty())
        continue;
      finish();
      traces.push_back(head);
      continue;
    }
    if (traces.empty()) continue;
    if (inspection.holds(line.text)) continue;
    interrupted |= RE2::PartialMatch(line.text, interrupt);
    part.push_back(line);
  }
  finish();
  return traces;
}

}  // namespace kproof::console
