// What an agent may say, when, and how much of it: the table of agent/PROTOCOL.md. Pure.
//
// A case runs as root and may write to the agent's port, so what comes from there is no friend's
// word: no frame can put off a deadline, fill our memory, or undo what was said before.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "agent/frame.hpp"

namespace kproof::run {

// Where a guest is, as its agent's frames have told.
enum class Stage : std::uint8_t {
  before,    // of a guest inside: its QEMU does not run
  boot,      // to hello
  prepare,   // to the start of the case
  test,      // to the end of the case
  poweroff,  // to bye
  gone,      // behind bye
};
inline constexpr std::array<std::string_view, 6> kStages{"before", "boot",     "prepare",
                                                         "test",   "poweroff", "gone"};

inline constexpr std::size_t kUnlimited = SIZE_MAX;
inline constexpr std::size_t kConsoleLimit =
    SIZE_MAX - 1;                                      // that of the plan, `limits: {console:}`
inline constexpr std::size_t kAsAsked = SIZE_MAX - 2;  // one for each time that it was asked for

struct FrameRule {
  agent::Type type;
  std::string_view name;
  unsigned stages;      // bits, 1 << Stage
  std::size_t count;    // frames in a guest's life
  std::size_t largest;  // bytes of one
  std::size_t total;    // bytes of all
};

// Each type that an agent may send, about itself or a guest inside. What is not here is not its to
// send.
std::span<const FrameRule> frame_rules();

// Made by the agent around a guest, about it: inner_...
inline bool is_about_inner(agent::Type type) {
  return (type >= agent::Type::inner_started && type <= agent::Type::inner_answered) ||
         type == agent::Type::inner_gdb;
}

// The table as PROTOCOL.md shows it, in Markdown.
std::string frame_rules_text();

struct Breach {
  std::string what;       // "" when there is none
  std::size_t flood = 0;  // bytes: the kernel's log is over the plan's limit, which is no nonsense
};

// Keeps the accounts of one guest.
class ProtocolGuard {
 public:
  // `console`: bytes of the plan's limit.
  explicit ProtocolGuard(std::size_t console) : console_(console) {}
  // Counts the frame, and says what is wrong with it.
  Breach take(const agent::Frame& frame, Stage stage);
  // It is asked for once more.
  void expect(agent::Type answer) { ++accounts_[index(answer)].asked; }

 private:
  struct Account {
    std::size_t asked = 0, count = 0, bytes = 0;
  };
  static std::size_t index(agent::Type type) { return static_cast<std::uint8_t>(type); }

  std::size_t console_;
  std::array<Account, 256> accounts_{};
};

}  // namespace kproof::run
