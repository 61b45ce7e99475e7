// The agent protocol's decoder: chunks never change the frames, and frames are what encode() makes.
#include <string>
#include <vector>

#include "agent/frame.hpp"
#include "fuzz/property.hpp"

using namespace kproof;

struct Decoded {
  std::string again;  // the frames, encoded
  std::string error;
  bool operator==(const Decoded&) const = default;
};

static void drain(agent::Decoder& decoder, Decoded& decoded) {
  while (const auto frame = decoder.next())
    decoded.again += agent::encode(*frame);
  decoded.error = decoder.error();
}

static Decoded decode(std::string_view bytes, bool whole) {
  agent::Decoder decoder;
  Decoded decoded;
  if (whole) {
    decoder.feed(bytes);
    drain(decoder, decoded);
    return decoded;
  }
  fuzz::in_chunks(bytes, [&](std::string_view chunk) {
    decoder.feed(chunk);
    drain(decoder, decoded);
  });
  return decoded;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  const Decoded decoded = decode(bytes, true);
  fuzz::require(decoded == decode(bytes, false), "chunking never changes the frames");
  fuzz::require(bytes.starts_with(decoded.again), "a frame is the bytes that encode() makes of it");
  return 0;
}
