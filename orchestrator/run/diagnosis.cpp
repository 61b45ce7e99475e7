#include "run/diagnosis.hpp"

#include <algorithm>

namespace kproof::run {
// Text of one step, and the part of it that functions are looked for in.
static constexpr std::size_t kMostHeard = 4 << 20;

Diagnosis::Diagnosis(DiagnosisSetup setup, Time now)
    : setup_(std::move(setup)), began_(now), due_(now), end_(now + setup_.times.budget) {
  facts_.hello = setup_.hello;
  facts_.answers = setup_.agent_answers;
  facts_.console_bytes = setup_.console_bytes;
  facts_.last_line = setup_.last_line;
  log_.add("ping of the agent", setup_.ping);
  if (!setup_.dump.empty()) end_ += setup_.times.dump;
  todo_ = setup_.agent_answers ? steps_for_case(setup_) : steps_for_kernel(setup_);
  advance(now);
}

// The instruction before that of each CPU which never moved, first thing.
void Diagnosis::plan_hlt() {
  for (const CpuSample& last : facts_.samples.back())
    if (stays(last, facts_.samples)) todo_.push_front(look_before(last));
}

// What need not, or cannot, be tried; said where it is news.
bool Diagnosis::skip(const Step& step) {
  if (step.kind == Step::nmi && facts_.sysrq_answered) {
    log_.add(step.title, "not needed: the kernel answers sysrq");
    return true;
  }
  if (step.kind == Step::press && !no_input_.empty()) {
    log_.miss(step.title, no_input_);
    return true;
  }
  if (step.kind == Step::press && sysrq_dead_) {
    log_.miss(step.title, "the kernel did not answer the sysrq before it");
    return true;
  }
  if (step.kind != Step::look && monitor_dead_) {
    log_.miss(step.title, "QEMU's monitor does not answer");
    return true;
  }
  return false;
}

void Diagnosis::advance(Time now) {
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

void Diagnosis::await(Wait wait, util::Millis limit, Time now) {
  wait_ = wait;
  due_ = now + limit;
  step_end_ = now + std::max(limit, setup_.times.longest);
}

void Diagnosis::begin(Time now) {
  heard_.clear();
  if (step_->kind == Step::look) {
    asks_.push_back(AskAgent{{.mark = setup_.mark, .keys = step_->text}});
    return await(Wait::agent, setup_.times.budget / 2, now);
  }
  if (step_->kind == Step::sample && !facts_.samples.empty())
    return await(Wait::interval, setup_.times.interval, now);
  if (step_->kind == Step::dump) {
    asks_.push_back(DumpMemory{step_->text});
    return await(Wait::reply, setup_.times.dump, now);
  }
  const bool press = step_->kind == Step::press;
  asks_.push_back(AskMonitor{press ? qmp::send_break(setup_.level > 1 ? "console" : "charserial0")
                                   : step_->text});
  await(Wait::reply, setup_.times.reply, now);
}

void Diagnosis::step_done(std::string text, Time now) {
  log_.add(step_->title, std::move(text));
  step_.reset();
  wait_ = Wait::none;
  advance(now);
}

void Diagnosis::give_up(const std::string& why, Time now) {
  log_.miss(step_->title, why);
  step_.reset();
  wait_ = Wait::none;
  advance(now);
}

void Diagnosis::on_reply(std::string_view line, Time now) {
  if (wait_ != Wait::reply) return;  // of a command that was given up
  if (const auto reply = qmp::parse_reply(line)) take_reply(*reply, now);
}

void Diagnosis::take_reply(const qmp::Reply& reply, Time now) {
  monitor_answered_ = true;
  const Step::Kind kind = step_->kind;
  if (kind == Step::connect && !reply.ok)
    no_input_ = "nothing can be typed into the console: " + reply.text;
  if (!reply.ok) return give_up("QEMU: " + reply.text, now);
  switch (kind) {
    case Step::press:
      asks_.push_back(TypeText{step_->text});
      return await(Wait::console, setup_.times.answer, now);
    case Step::nmi:
      return await(Wait::console, setup_.times.answer, now);
    case Step::sample:
      facts_.samples.push_back(parse_registers(reply.text));
      if (facts_.samples.size() == kSampleRounds) plan_hlt();
      break;
    case Step::hlt:
      if (parse_byte(reply.text) == 0xf4u) facts_.at_hlt.insert(step_->cpu);
      break;
    default:
      break;
  }
  step_done(reply.text, now);
}

void Diagnosis::on_console(std::string_view text, Time now) {
  if (over_ || text.empty()) return;
  heard_ += text.substr(0, kMostHeard - std::min(kMostHeard, heard_.size()));
  all_heard_ += text.substr(0, kMostHeard - std::min(kMostHeard, all_heard_.size()));
  if (wait_ == Wait::console) due_ = std::min(now + setup_.times.quiet, step_end_);
}

void Diagnosis::on_examined(const agent::Examined& examined, Time now) {
  if (wait_ != Wait::agent) return;
  (step_->text.empty() ? facts_.tasks_before : facts_.tasks) = examined.tasks;
  for (const std::string& problem : examined.problems)
    log_.miss("the agent's look", problem);
  if (step_->text.empty()) return step_done(describe(examined), now);
  log_.add(step_->title, describe(examined));
  step_->title = "what sysrq brought into kmsg";
  await(Wait::console, setup_.times.quiet, now);
}

// What a kernel says first when it takes a key, the second one before 4.20.
static bool is_answer(std::string_view console) {
  return console.find("sysrq: ") != console.npos || console.find("SysRq : ") != console.npos;
}

// The console has been quiet for as long as it may.
void Diagnosis::take_quiet(Time now) {
  if (step_->kind == Step::press) {
    const bool answered = is_answer(heard_);
    facts_.sysrq_answered |= answered;
    sysrq_dead_ = !answered;
    if (!answered) return give_up("the kernel did not answer", now);
  }
  if (heard_.empty()) return give_up("the kernel printed nothing", now);
  step_done(std::exchange(heard_, {}), now);
}

void Diagnosis::on_gone(Time now) {
  if (over_) return;
  if (step_ && wait_ == Wait::console && !heard_.empty())
    log_.add(step_->title, heard_);
  else if (step_)
    log_.miss(step_->title, "the guest ended");
  abandon("the guest had ended", now);
}

void Diagnosis::on_tick(Time now) {
  if (over_) return;
  if (now >= end_) {
    if (step_) log_.miss(step_->title, "no time was left");
    return abandon("no time was left", now);
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

// The steps that are left.
void Diagnosis::abandon(const std::string& why, Time now) {
  step_.reset();
  for (const Step& step : std::exchange(todo_, {}))
    log_.miss(step.title, why);
  finish(now);
}

// Where the CPUs stood last, for those of which the kernel did not say so itself.
void Diagnosis::name_addresses() {
  if (!setup_.address_names || facts_.samples.empty()) return;
  for (const CpuSample& last : facts_.samples.back())
    if (!last.user && !facts_.functions.contains(last.cpu))
      facts_.names[last.rip] = setup_.address_names(last.rip);
}

void Diagnosis::finish(Time now) {
  over_ = true;
  due_ = end_;
  facts_.functions = functions_in(all_heard_);
  name_addresses();
  hang_ = understand(facts_);
  hang_.missing = log_.missing();
  hang_.level = setup_.level;
  const auto took = std::chrono::duration_cast<util::Millis>(now - began_);
  log_.add("end", "after " + util::format_duration(took));
}

std::vector<Ask> Diagnosis::take_asks() {
  return std::exchange(asks_, {});
}

std::string Diagnosis::log() const {
  return log_.text(hang_, setup_.phase);
}

}  // namespace kproof::run
