// A guest that is held for its user: why, for how long, and what waits meanwhile.
#include <chrono>

#include <fmt/format.h>

#include "run/runner_parts.hpp"

namespace kproof::run {
using agent::Type;
using std::chrono::steady_clock;

// What is wrong at a level, for a user who may see several.
std::string Runner::named(std::size_t index, const std::string& what) const {
  return levels_.size() > 1 ? fmt::format("L{}: {}", index + 1, what) : what;
}

// Of a frame that had its place.
void Runner::hear_failure(std::size_t index, const agent::Frame& frame) {
  if (frame.type == Type::case_stdout && !levels_[index]->job().job.visit)
    if (const auto line = outputs_[index].hear(frame.payload)) hold_.on_not_ok(named(index, *line));
  if (frame.type != Type::case_ended) return;
  std::string failure, ignored;
  if (const auto ended = agent::parse_case_ended(frame.payload, ignored))
    failure = ended->aborted     ? "its case was killed"
              : ended->signal    ? fmt::format("its case died of signal {}", ended->signal)
              : ended->exit_code ? fmt::format("its case exited with {}", ended->exit_code)
                                 : "";
  hold_.on_case_ended(failure.empty() ? "" : named(index, failure));
  if (levels_[index]->job().job.hold) may_end_.insert(index);
}

void Runner::look_for_complaints() {
  for (std::size_t i = 0; i < levels_.size(); ++i)
    if (const auto what = levels_[i]->take_complaint()) hold_.on_finding(named(i, *what));
}

// What kills waits while somebody wants to see what it kills.
bool Runner::puts_off(std::size_t index, Action action) {
  if (action == Action::send_abort) hold_.on_doomed(named(index, "its case hangs"));
  if (action == Action::stop && index > 0)
    if (const std::string doom = doom_of(levels_[index]->record().outcome.end); !doom.empty())
      hold_.on_doomed(named(index, doom));
  const bool kills = action == Action::send_abort || (action == Action::stop && index > 0);
  if (!kills || !hold_.time_stops()) return false;
  put_off_.emplace_back(index, action);
  return true;
}

// L1 is over, and its QEMU may still be there, to be killed when we return.
bool Runner::outlast_hold(const StopRequest& stop) {
  if (!guest_ || gone_) return true;
  if (const std::string doom = doom_of(levels_.front()->record().outcome.end); !doom.empty())
    hold_.on_doomed(named(0, doom));
  obey_hold();
  serve_asks();
  if (hold_.time_stops()) levels_.front()->close_logs();
  while (hold_.time_stops() && !gone_)
    if (!wait(stop)) return false;
  return true;
}

void Runner::tell_hold() {
  if (hold_.why() == told_) return;
  told_ = hold_.why();
  job_.say(told_);
}

// Who has a debugger or the monitor may stop and start CPUs as he likes; when he has left they are
// as the hold says.
void Runner::obey_hold() {
  tell_hold();
  clock_.hold(steady_clock::now(), hold_.time_stops());
  if (hold_.time_stops())
    for (const auto& watched : levels_)
      watched->excuse_stops();
  const bool by_hand = hold_.inside(Way::gdb) || hold_.inside(Way::monitor);
  if (std::exchange(by_hand_, by_hand) && !by_hand) cpus_.reset();
  if (!hold_.inside(Way::gdb) && cpus_ != !hold_.cpus_stop()) set_cpus(!hold_.cpus_stop());
  if (hold_.time_stops()) return;
  for (const auto& [index, action] : std::exchange(put_off_, {}))
    obey(index, action);
  for (const std::size_t index : std::exchange(may_end_, {}))
    link_.send(Type::go_on, {}, static_cast<int>(index) + 1);
}

void Runner::set_cpus(bool run) {
  cpus_ = run;
  if (gone_) return;
  levels_.front()->ask({qmp::command(run ? "cont" : "stop")}, [this, run](const std::string& line) {
    const auto reply = qmp::parse_reply(line);
    if (reply && !reply->ok)
      job_.say(fmt::format("its CPUs cannot be {}: {}", run ? "started" : "stopped", reply->text));
  });
}

}  // namespace kproof::run
