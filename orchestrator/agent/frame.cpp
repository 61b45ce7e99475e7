#include "agent/frame.hpp"

#include <cstring>

#include <boost/crc.hpp>

namespace kproof::agent {

// Header, little-endian: magic "KPRF", u8 version, u8 type, u8 level, u8 zero, u32 length, u32
// CRC-32 (IEEE) of the payload.
static constexpr std::string_view kMagic = "KPRF";

static void put_u32(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8)
    out.push_back(static_cast<char>(value >> shift));
}

static std::uint32_t get_u32(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  return value;
}

static std::uint32_t crc_of(std::string_view payload) {
  boost::crc_32_type crc;
  crc.process_bytes(payload.data(), payload.size());
  return crc.checksum();
}

static bool is_known(std::uint8_t type) {
  return (type >= static_cast<std::uint8_t>(Type::hello) &&
          type <= static_cast<std::uint8_t>(Type::inner_gdb)) ||
         (type >= static_cast<std::uint8_t>(Type::job) &&
          type <= static_cast<std::uint8_t>(Type::gdb_inner));
}

std::string encode(const Frame& frame) {
  std::string out(kMagic);
  out.push_back(static_cast<char>(kProtocolVersion));
  out.push_back(static_cast<char>(frame.type));
  out.push_back(static_cast<char>(frame.level));
  out.push_back(0);
  put_u32(out, static_cast<std::uint32_t>(frame.payload.size()));
  put_u32(out, crc_of(frame.payload));
  return out + frame.payload;
}

void Decoder::feed(std::string_view bytes) {
  buffer_.erase(0, used_);
  used_ = 0;
  if (error_.empty()) buffer_.append(bytes);
}

// What is wrong with a header; "" if nothing.
std::string Decoder::check_header(std::string_view header) const {
  const std::string at = " at byte " + std::to_string(offset_) + " of the agent's stream";
  if (header.substr(0, 4) != kMagic) return "no frame" + at;
  const auto version = static_cast<std::uint8_t>(header[4]);
  if (version != kProtocolVersion)
    return "protocol version " + std::to_string(version) + " instead of " +
           std::to_string(kProtocolVersion) + at;
  const auto type = static_cast<std::uint8_t>(header[5]);
  if (!is_known(type)) return "unknown frame type " + std::to_string(type) + at;
  if (header[7] != 0) return "reserved byte set in a header" + at;
  if (get_u32(header, 8) > kMaxPayload)
    return "frame of " + std::to_string(get_u32(header, 8)) + " bytes" + at;
  return "";
}

std::optional<Frame> Decoder::next() {
  const std::string_view rest = std::string_view(buffer_).substr(used_);
  if (!error_.empty() || rest.empty()) return std::nullopt;
  // Nonsense shorter than a header must not wait for more: the first wrong byte is enough.
  if (rest.substr(0, 4) != kMagic.substr(0, std::min<std::size_t>(rest.size(), 4)))
    error_ = "no frame at byte " + std::to_string(offset_) + " of the agent's stream";
  if (!error_.empty() || rest.size() < kHeaderSize) return std::nullopt;
  error_ = check_header(rest);
  const std::size_t length = error_.empty() ? get_u32(rest, 8) : 0;
  if (!error_.empty() || rest.size() < kHeaderSize + length) return std::nullopt;
  const std::string_view payload = rest.substr(kHeaderSize, length);
  if (crc_of(payload) != get_u32(rest, 12)) {
    error_ = "bad checksum at byte " + std::to_string(offset_) + " of the agent's stream";
    return std::nullopt;
  }
  used_ += kHeaderSize + length;
  offset_ += kHeaderSize + length;
  return Frame{static_cast<Type>(rest[5]), static_cast<std::uint8_t>(rest[6]),
               std::string(payload)};
}

}  // namespace kproof::agent
