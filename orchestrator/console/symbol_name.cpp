#include "console/symbol_name.hpp"

#include <cstdlib>
#include <memory>

#include <libiberty/demangle.h>

namespace kproof::console {

std::string readable_name(std::string_view symbol) {
  if (!symbol.starts_with("_R")) return std::string(symbol);
  const std::string mangled(symbol);
  // Without DMGL_VERBOSE the hashes that tell crates of one name apart are left out.
  const std::unique_ptr<char, decltype(&std::free)> name(
      ::rust_demangle(mangled.c_str(), DMGL_AUTO), &std::free);
  return name ? name.get() : mangled;
}

}  // namespace kproof::console
