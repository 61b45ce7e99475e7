// The wire between host and guest agent: frames on a virtio-serial port of their own.
// PROTOCOL.md describes them for people; both sides compile this file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kproof::agent {

inline constexpr std::uint32_t kProtocolVersion = 1;
inline constexpr std::string_view kPortName = "kproof.agent.0";
inline constexpr std::size_t kHeaderSize = 16;
inline constexpr std::size_t kMaxPayload =
    1 << 20;  // longer than any frame we send: longer is nonsense

enum class Type : std::uint8_t {
  // guest to host
  hello = 1,          // JSON, messages.hpp
  heartbeat = 2,      // microseconds of the guest's clock, the one of its kmsg, in decimal; every
                      // kHeartbeatMs while the agent's loop turns
  kmsg = 3,           // raw /dev/kmsg records, whole ones, each ending in '\n'
  prepare_error = 4,  // text: one thing the job asked for that could not be had
  case_started = 5,   // empty
  case_stdout = 6,    // raw bytes
  case_stderr = 7,    // raw bytes
  case_ended = 8,     // JSON
  bye = 9,            // JSON; the next thing is power-off
  pong = 10,          // empty; answers ping
  facts = 11,         // JSON; what files that the job named say
  // of the guest inside, made by the agent around it, with that guest's level
  inner_started = 12,   // empty: its QEMU runs
  inner_console = 13,   // raw bytes of its serial console
  inner_said = 14,      // raw bytes of its QEMU's stdout and stderr
  inner_ended = 15,     // JSON: its QEMU ended
  inner_nonsense = 16,  // text: its agent's bytes are no frames; none of them follow
  inner_answered = 17,  // raw bytes of its QEMU's QMP socket
  examined = 18,        // JSON; answers examine
  input_taken = 19,     // empty; one for each `input`, once the command has all of it
  trace = 20,           // a name, '\n', and the next bytes of that file: what was recorded (Trace)
  traced = 21,          // JSON; behind the last of them, or why there are none
  shell_output = 22,    // raw bytes of the terminal that open_shell asked for
  shell_ended = 23,     // JSON, as case_ended: that shell did, or could not be started
  inner_gdb = 24,       // of the guest inside: raw bytes of its QEMU's gdb stub
  // host to guest
  job = 65,         // JSON
  ping = 66,        // empty
  abort = 67,       // empty: kill the case, then end in the orderly way
  stop_inner = 68,  // empty, with the level of the guest inside: kill its QEMU
  examine = 69,     // JSON: say what the case's tasks do, and press sysrq keys
  // with the level of the guest inside, too
  type_inner = 70,  // raw bytes into its serial console
  ask_inner = 71,   // raw bytes into its QEMU's QMP socket
  // to a command of a user's (Job::visit)
  input = 72,         // raw bytes; none: the end of its standard input
  resize = 73,        // JSON: the size of his terminal
  output_taken = 74,  // so many bytes of its output, in decimal, have reached him
  stop_trace = 75,    // text, why: record no more, and send what there is
  // to a guest that somebody wants to look at (Job::hold)
  go_on = 76,       // empty: the case has ended, and what it left may be killed
  open_shell = 77,  // JSON (Shell): beside the case; its streams are as those of Job::visit
  end_shell = 78,   // empty: nobody is at that terminal any more
  // with the level of the guest inside
  gdb_inner = 79,  // raw bytes for its QEMU's gdb stub; none: the debugger has left
};

inline constexpr int kHeartbeatMs = 500;

struct Frame {
  Type type = Type::heartbeat;
  // 1 is the guest at the other end of this port, 2 the guest inside that, and so on: a relaying
  // agent adds 1 on the way to the host and takes 1 off on the way back.
  std::uint8_t level = 1;
  std::string payload;
};

std::string encode(const Frame& frame);

// Bytes in, frames out; chunking does not matter. After the first nonsense it stays failed: a
// stream without frame boundaries has no second chance.
class Decoder {
 public:
  void feed(std::string_view bytes);
  // The next whole frame, or nothing: feed more, or look at error().
  std::optional<Frame> next();
  // "" or what was wrong and at which byte of the stream.
  const std::string& error() const { return error_; }

 private:
  std::string check_header(std::string_view header) const;
  std::string buffer_;
  std::size_t used_ = 0;      // bytes of buffer_ already decoded
  std::uint64_t offset_ = 0;  // of buffer_[used_] in the stream
  std::string error_;
};

}  // namespace kproof::agent
