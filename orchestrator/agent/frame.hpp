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
  heartbeat = 2,      // empty; every kHeartbeatMs while the agent's loop turns
  kmsg = 3,           // raw /dev/kmsg records, whole ones, each ending in '\n'
  prepare_error = 4,  // text: one thing the job asked for that could not be had
  case_started = 5,   // empty
  case_stdout = 6,    // raw bytes
  case_stderr = 7,    // raw bytes
  case_ended = 8,     // JSON
  bye = 9,            // JSON; the next thing is power-off
  pong = 10,          // empty; answers ping
  // host to guest
  job = 65,    // JSON
  ping = 66,   // empty
  abort = 67,  // empty: kill the case, then end in the orderly way
};

inline constexpr int kHeartbeatMs = 500;

struct Frame {
  Type type = Type::heartbeat;
  std::uint8_t level =
      1;  // of the guest that made it; an outer agent relays inner frames unchanged
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
