#include "run/interview.hpp"

#include "virt/guest.hpp"

namespace kproof::run {
using agent::Type;

void Interview::ask(int level, const Ask& ask, const virt::Guest& guest) {
  const auto* monitor = std::get_if<AskMonitor>(&ask);
  const auto* text = std::get_if<TypeText>(&ask);
  if (const auto* agent = std::get_if<AskAgent>(&ask))
    return link_.send(Type::examine, to_json(agent->what), level);
  if (level > 1 && monitor) return link_.send(Type::ask_inner, monitor->command + "\n", level);
  if (level > 1 && text) return link_.send(Type::type_inner, text->text, level);
  open_console();
  if (text) return input_ ? input_->type(text->text) : void();
  if (!monitor_) monitor_.emplace(guest);
  if (monitor) return monitor_->ask(monitor->command, monitor->file);
  monitor_->dump_memory(std::get<DumpMemory>(ask).file);
}

// Before anything is asked: one of the first commands has QEMU open it.
void Interview::open_console() {
  if (!input_ && !console_input_.empty()) input_.emplace(console_input_);
}

std::optional<std::string> Interview::take_answer() {
  return monitor_ ? monitor_->take() : std::nullopt;
}

}  // namespace kproof::run
