#include "run/playbook.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kproof::run {
using model::Phase;

static constexpr std::size_t kRounds = 5;  // of samples
// Text of one step, and the part of it that functions are looked for in.
static constexpr std::size_t kMostHeard = 4 << 20;

// Of 10 s: 2 s for an answer, five looks in half a second, half a second for the kernel to begin.
PlaybookTimes playbook_times(util::Millis budget) {
  return {.budget = budget,
          .reply = budget / 5,
          .interval = budget / 100,
          .answer = budget / 20,
          .quiet = budget / 50,
          .longest = budget / 4,
          .dump = budget * 3};
}

Playbook::Playbook(PlaybookSetup setup, Time now)
    : setup_(std::move(setup)), began_(now), due_(now), end_(now + setup_.times.budget) {
  facts_.hello = setup_.hello;
  facts_.answers = setup_.agent_answers;
  facts_.console_bytes = setup_.console_bytes;
  facts_.last_line = setup_.last_line;
  sections_.push_back({"ping of the agent", setup_.ping});
  if (!setup_.dump.empty()) end_ += setup_.times.dump;
  if (setup_.agent_answers)
    plan_case();
  else
    plan_kernel();
  advance(now);
}

void Playbook::plan_samples() {
  // libvirt has said this to L1's QEMU; before it QEMU answers nothing else.
  if (setup_.level > 1)
    todo_.push_back({Kind::ask, "QMP handshake", qmp::command("qmp_capabilities")});
  todo_.push_back({Kind::ask, "QEMU's state (query-status)", qmp::command("query-status")});
  todo_.push_back({Kind::ask, "QEMU's CPUs (query-cpus-fast)", qmp::command("query-cpus-fast")});
  for (std::size_t round = 1; round <= kRounds; ++round)
    todo_.push_back({Kind::sample, fmt::format("registers, round {} of {}", round, kRounds),
                     qmp::human("info registers -a")});
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
void Playbook::plan_kernel() {
  plan_samples();
  if (!setup_.input.empty())
    todo_.push_back(
        {Kind::connect, "input of the serial console (chardev-change)",
         qmp::read_from("charserial0", setup_.input.string(), setup_.console.string())});
  for (const char key : std::string_view(setup_.level > 1 ? "9lwmt" : "lwmt"))
    todo_.push_back({Kind::press, sysrq_title(key), std::string(1, key)});
  if (!setup_.dump.empty())
    todo_.push_back(
        {Kind::dump, "memory dump (dump-guest-memory)", qmp::dump_memory(setup_.dump.string())});
  todo_.push_back({Kind::nmi, "NMI (inject-nmi)", qmp::inject_nmi()});
}

// The agent looks twice, so that a task which waits is told from one that passes by.
void Playbook::plan_case() {
  todo_.push_back({Kind::look, "tasks of the case, first look"});
  plan_samples();
  todo_.push_back({Kind::look, "tasks of the case, and sysrq l, w, m, t by the agent", "lwmt"});
  if (!setup_.dump.empty())
    todo_.push_back(
        {Kind::dump, "memory dump (dump-guest-memory)", qmp::dump_memory(setup_.dump.string())});
}

// Where KVM has the APIC, QEMU does not know which CPUs are halted; but a CPU that waits in HLT
// stays behind it with interrupts on.
void Playbook::plan_hlt() {
  for (const CpuSample& last : facts_.samples.back()) {
    const bool stays = std::ranges::all_of(facts_.samples, [&](const auto& round) {
      return std::ranges::any_of(round, [&](const CpuSample& s) {
        return s.cpu == last.cpu && s.rip == last.rip && s.interrupts && !s.user && !s.halted;
      });
    });
    if (stays)
      todo_.push_front({Kind::hlt, fmt::format("last instruction of CPU {}", last.cpu),
                        qmp::human(fmt::format("x /1xb {:#x}", last.rip - 1)), last.cpu});
  }
}

void Playbook::miss(const std::string& what, const std::string& why) {
  sections_.push_back({what, "not collected: " + why});
  hang_.missing.push_back(what + ": " + why);
}

// What need not, or cannot, be tried; said where it is news.
bool Playbook::skip(const Step& step) {
  if (step.kind == Kind::nmi && facts_.sysrq_answered) {
    sections_.push_back({step.title, "not needed: the kernel answers sysrq"});
    return true;
  }
  if (step.kind == Kind::press && !no_input_.empty()) {
    miss(step.title, no_input_);
    return true;
  }
  if (step.kind == Kind::press && sysrq_dead_) {
    miss(step.title, "the kernel did not answer the sysrq before it");
    return true;
  }
  if (step.kind != Kind::look && monitor_dead_) {
    miss(step.title, "QEMU's monitor does not answer");
    return true;
  }
  return false;
}

void Playbook::advance(Time now) {
  while (!step_ && !over_) {
    if (todo_.empty()) return finish(now);
    step_ = std::move(todo_.front());
    todo_.pop_front();
    if (skip(*step_))
      step_.reset();
    else
      begin(now);
  }
}

void Playbook::await(Wait wait, util::Millis limit, Time now) {
  wait_ = wait;
  due_ = now + limit;
  step_end_ = now + std::max(limit, setup_.times.longest);
}

void Playbook::begin(Time now) {
  heard_.clear();
  if (step_->kind == Kind::look) {
    asks_.push_back(AskAgent{{.mark = setup_.mark, .keys = step_->text}});
    return await(Wait::agent, setup_.times.budget / 2, now);
  }
  if (step_->kind == Kind::sample && !facts_.samples.empty())
    return await(Wait::interval, setup_.times.interval, now);
  const bool press = step_->kind == Kind::press;
  asks_.push_back(AskMonitor{press ? qmp::send_break(setup_.level > 1 ? "console" : "charserial0")
                                   : step_->text});
  await(Wait::reply, step_->kind == Kind::dump ? setup_.times.dump : setup_.times.reply, now);
}

void Playbook::step_done(std::string text, Time now) {
  sections_.push_back({step_->title, std::move(text)});
  step_.reset();
  wait_ = Wait::none;
  advance(now);
}

void Playbook::give_up(const std::string& why, Time now) {
  miss(step_->title, why);
  step_.reset();
  wait_ = Wait::none;
  advance(now);
}

void Playbook::on_reply(std::string_view line, Time now) {
  if (wait_ != Wait::reply) return;  // of a command that was given up
  if (const auto reply = qmp::parse_reply(line)) take_reply(*reply, now);
}

void Playbook::take_reply(const qmp::Reply& reply, Time now) {
  const Kind kind = step_->kind;
  if (kind == Kind::connect && !reply.ok)
    no_input_ = "nothing can be typed into the console: " + reply.text;
  if (!reply.ok) return give_up("QEMU: " + reply.text, now);
  switch (kind) {
    case Kind::press:
      asks_.push_back(TypeText{step_->text});
      return await(Wait::console, setup_.times.answer, now);
    case Kind::nmi:
      return await(Wait::console, setup_.times.answer, now);
    case Kind::sample:
      facts_.samples.push_back(parse_registers(reply.text));
      if (facts_.samples.size() == kRounds) plan_hlt();
      break;
    case Kind::hlt:
      if (parse_byte(reply.text) == 0xf4u) facts_.at_hlt.insert(step_->cpu);
      break;
    default:
      break;
  }
  step_done(reply.text, now);
}

void Playbook::on_console(std::string_view bytes, Time now) {
  if (over_ || bytes.empty()) return;
  heard_ += bytes.substr(0, kMostHeard - std::min(kMostHeard, heard_.size()));
  all_heard_ += bytes.substr(0, kMostHeard - std::min(kMostHeard, all_heard_.size()));
  if (wait_ == Wait::console) due_ = std::min(now + setup_.times.quiet, step_end_);
}

static std::string describe(const agent::Examined& examined) {
  std::string text;
  for (const agent::Task& task : examined.tasks)
    text += fmt::format("task {} of {} ({}): state {}, in {}, {} switches\n{}", task.tid, task.pid,
                        task.name, task.state, task.wchan, task.switches, task.stack);
  return text;
}

void Playbook::on_examined(const agent::Examined& examined, Time now) {
  if (wait_ != Wait::agent) return;
  (step_->text.empty() ? facts_.tasks_before : facts_.tasks) = examined.tasks;
  for (const std::string& problem : examined.problems)
    miss("the agent's look", problem);
  sections_.push_back({step_->title, describe(examined)});
  if (step_->text.empty()) {
    step_.reset();
    wait_ = Wait::none;
    return advance(now);
  }
  step_->title = "what sysrq brought on the console";
  await(Wait::console, setup_.times.quiet, now);
}

// What a kernel says first when it takes a key, the second one before 4.20.
static bool is_answer(std::string_view console) {
  return console.find("sysrq: ") != console.npos || console.find("SysRq : ") != console.npos;
}

// The console has been quiet for as long as it may.
void Playbook::take_quiet(Time now) {
  if (step_->kind == Kind::press) {
    const bool answered = is_answer(heard_);
    facts_.sysrq_answered |= answered;
    sysrq_dead_ = !answered;
    if (!answered) return give_up("the kernel did not answer", now);
  }
  if (heard_.empty()) return give_up("the kernel printed nothing", now);
  step_done(std::exchange(heard_, {}), now);
}

void Playbook::on_gone(Time now) {
  if (over_) return;
  if (step_ && wait_ == Wait::console && !heard_.empty())
    sections_.push_back({step_->title, heard_});
  else if (step_)
    miss(step_->title, "the guest ended");
  step_.reset();
  for (const Step& step : std::exchange(todo_, {}))
    miss(step.title, "the guest had ended");
  finish(now);
}

void Playbook::on_tick(Time now) {
  if (over_) return;
  if (now >= end_) {
    if (step_) miss(step_->title, "no time was left");
    step_.reset();
    for (const Step& step : std::exchange(todo_, {}))
      miss(step.title, "no time was left");
    return finish(now);
  }
  if (now < due_) return;
  switch (wait_) {
    case Wait::interval:
      asks_.push_back(AskMonitor{step_->text});
      return await(Wait::reply, setup_.times.reply, now);
    case Wait::reply:
      monitor_dead_ = true;
      return give_up("QEMU's monitor did not answer", now);
    case Wait::agent:
      return give_up("the agent did not answer", now);
    case Wait::console:
      return take_quiet(now);
    case Wait::none:
      break;
  }
}

void Playbook::finish(Time now) {
  over_ = true;
  due_ = end_;
  facts_.functions = functions_in(all_heard_);
  const auto missing = std::exchange(hang_.missing, {});
  hang_ = understand(facts_);
  hang_.missing = missing;
  hang_.level = setup_.level;
  sections_.push_back(
      {"end",
       fmt::format("after {}",
                   util::format_duration(std::chrono::duration_cast<util::Millis>(now - began_)))});
}

std::vector<Ask> Playbook::take_asks() {
  return std::exchange(asks_, {});
}

static std::string with_newline(std::string text) {
  std::erase(text, '\r');
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

std::string Playbook::log() const {
  std::string text = fmt::format("kproof's hang playbook of L{}, in phase {}\n", setup_.level,
                                 to_string(setup_.phase));
  text += fmt::format("class: {}\n{}\n", to_string(hang_.kind), hang_.reason);
  for (const std::string& cpu : hang_.cpus)
    text += cpu + "\n";
  for (const Section& section : sections_)
    text += fmt::format("\n== {} ==\n{}", section.title, with_newline(section.text));
  return text;
}

}  // namespace kproof::run
