// A guest that does anything at all: run/wild_life.hpp has the properties.
#include "fuzz/property.hpp"
#include "run/wild_life.hpp"
#include "util/files.hpp"

using namespace kproof;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const util::ScratchDir directory("kproof-fuzz-");
  const std::string_view bytes = fuzz::text_of(data, size);
  if (bytes.size() % 8 == 0)
    run::wild::live_in_level(bytes, directory.path(), fuzz::require);
  else
    run::wild::live_in_session(bytes, fuzz::require);
  return 0;
}
