// What the diagnoses of a cell's guests want to know is asked for: of L1 its QEMU, by the monitor
// and the serial console; of a guest inside the agent around it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "run/agent_link.hpp"
#include "run/console_input.hpp"
#include "run/diagnosis.hpp"
#include "virt/monitor.hpp"

namespace kproof::virt {
class Guest;
}

namespace kproof::run {

// Nothing of it is there before the first question. Destroy the Guest first (virt/monitor.hpp).
class Interview {
 public:
  // `console_input`: the FIFO of L1's serial console; "" where it has none.
  Interview(AgentLink& link, std::filesystem::path console_input)
      : link_(link), console_input_(std::move(console_input)) {}

  void ask(int level, const Ask& ask, const virt::Guest& guest);
  // Of L1's monitor; the others answer as agents do. The fd is readable while there may be one, -1
  // before it was asked.
  int fd() const { return monitor_ ? monitor_->fd() : -1; }
  std::optional<std::string> take_answer();

 private:
  void open_console();

  AgentLink& link_;
  const std::filesystem::path console_input_;
  std::optional<ConsoleInput> input_;
  std::optional<virt::Monitor> monitor_;
};

}  // namespace kproof::run
