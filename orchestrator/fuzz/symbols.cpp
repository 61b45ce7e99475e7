// Places in a trace: any line names one or none, and decoding it with a real object, this program,
// never leaves that object.
#include <memory>
#include <string>

#include "fuzz/property.hpp"
#include "symbols/decoder.hpp"

using namespace kproof;

// A line's place, and what stands in the line for it.
static void check_ref(std::string_view line) {
  const auto ref = symbols::find_frame_ref(line);
  if (!ref) return;
  fuzz::require(!ref->function.empty(), "a place has a function");
  fuzz::require(line.find(ref->function + "+0x") != line.npos, "the function stands in its line");
  fuzz::require(ref->module.empty() || line.find(" [" + ref->module) != line.npos,
                "the module stands in its line");
}

static void check_decoded(symbols::Decoder& decoder, std::string_view text) {
  for (const symbols::DecodedLine& line : decoder.decode_all(text)) {
    fuzz::require(text.find(line.line) != text.npos, "a decoded line is one of the excerpt");
    const auto ref = symbols::find_frame_ref(line.line);
    fuzz::require(ref && decoder.vmlinux().has_symbol(ref->function),
                  "what is decoded is in the symbol table");
    fuzz::require(!line.candidates.empty(), "a decoded line has a candidate");
    for (const symbols::Places& places : line.candidates)
      for (const symbols::Place& place : places)
        fuzz::require(!place.function.empty(), "a place that was found has a name");
  }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static std::unique_ptr<symbols::Decoder> decoder;
  // It notes each module that it lacks.
  if (!decoder || decoder->notes().size() > 1000)
    decoder = std::make_unique<symbols::Decoder>("/proc/self/exe");
  const std::string_view text = fuzz::text_of(data, size);
  for (std::size_t pos = 0; pos < text.size();) {
    const std::size_t end = std::min(text.find('\n', pos), text.size());
    check_ref(text.substr(pos, end - pos));
    pos = end + 1;
  }
  check_decoded(*decoder, text);
  return 0;
}
