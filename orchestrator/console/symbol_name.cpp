#include "console/symbol_name.hpp"

#include <cstdlib>
#include <memory>

#include <libiberty/demangle.h>

namespace kproof::console {

std::string readable_name(std::string_view symbol) {
  const bool rust = symbol.starts_with("_R");
  if (!rust && !symbol.starts_with("_ZN")) return std::string(symbol);
  const std::string mangled(symbol);
  const auto demangled = [&](char* name) {
    const std::unique_ptr<char, decltype(&std::free)> owned(name, &std::free);
    return std::string(owned ? owned.get() : "");
  };
  // Without DMGL_VERBOSE the hashes that tell crates of one name apart are left out.
  std::string name = demangled(::rust_demangle(mangled.c_str(), DMGL_AUTO));
  if (name.empty() && !rust) name = demangled(::cplus_demangle(mangled.c_str(), DMGL_ANSI));
  return name.empty() ? mangled : name;
}

}  // namespace kproof::console
