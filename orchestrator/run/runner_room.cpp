// What who calls at the door of a guest may ask and do.
#include <algorithm>

#include <fmt/format.h>
#include <unistd.h>

#include "run/runner_parts.hpp"

namespace kproof::run {
using agent::Type;

nlohmann::json Runner::state() const {
  nlohmann::json state = nlohmann::json::parse(job_.facts, nullptr, false);
  if (!state.is_object()) state = nlohmann::json::object();
  state["state"] = hold_.cpus_stop() ? "paused" : "running";
  state["why"] = hold_.why();
  state["level"] = shown_.first;
  state["phase"] = to_string(shown_.second);
  state["pid"] = ::getpid();
  return state;
}

void Runner::ask(int level, std::string command, std::shared_ptr<util::Fd> file, Answer answer) {
  levels_.at(static_cast<std::size_t>(level) - 1)
      ->ask({std::move(command), std::move(file)}, std::move(answer));
}

// The serial port of L1 is a file that QEMU only writes to, until somebody types.
void Runner::type(int level, std::string_view bytes) {
  const LevelJob& job = levels_.front()->job();
  interview_.ask(level, TypeText{std::string(bytes)}, *guest_);
  if (level > 1 || std::exchange(typing_, true)) return;
  const auto& output = job.console_of_qemu.empty() ? job_.guest.console_log : job.console_of_qemu;
  ask(1, qmp::read_from("charserial0", job.console_input.string(), output.string()), nullptr, {});
}

void Runner::send(int level, Type type, const std::string& payload) {
  const std::size_t index = static_cast<std::size_t>(level) - 1;
  if (type == Type::open_shell) obey(index, levels_[index]->tell(Asked{Type::shell_ended}, now()));
  if (type == Type::input) obey(index, levels_[index]->tell(Asked{Type::input_taken}, now()));
  link_.send(type, payload, level);
}

std::string Runner::why_no_shell(int level) const {
  const LevelWatch& watched = *levels_[static_cast<std::size_t>(level) - 1];
  if (job_.visitor) return "this guest has a command of its user's, and room for one";
  if (!watched.job().job.hold)
    return "this guest has no shell: only a run with --pause-on or --keep puts one into it";
  if (!watched.begun() || watched.phase() < model::Phase::prepare)
    return fmt::format("the agent of L{} is not up yet", level);
  if (watched.over()) return fmt::format("the agent of L{} does not answer any more", level);
  return "";
}

std::string Runner::why_no_qemu(int level) const {
  const std::size_t index = static_cast<std::size_t>(level) - 1;
  const bool to_be_killed =
      std::ranges::find(put_off_, std::pair(index, Action::stop)) != put_off_.end();
  if (!levels_[index]->begun()) return fmt::format("L{} does not run yet", level);
  if (gone_ || (index > 0 && levels_[index]->over() && !to_be_killed))
    return fmt::format("the QEMU of L{} is gone", level);
  return "";
}

std::filesystem::path Runner::console(int level) const {
  return job_.files.level(level).console();
}

}  // namespace kproof::run
