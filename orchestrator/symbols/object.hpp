// vmlinux or a module, and its debug information.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <elfutils/libdwfl.h>

#include "symbols/frame_ref.hpp"

namespace kproof::symbols {

struct Place {
  std::string function;
  std::string file;  // as the compiler was called; "" without debug information
  int line = 0;
};

// Innermost first: an inlined function, then who it was inlined into.
using Places = std::vector<Place>;

class Object {
 public:
  // Throws ConfigError when the file is no ELF object. Compressed ones are read too.
  explicit Object(const std::filesystem::path& file);

  bool has_debug_info() const { return debug_info_; }
  bool has_symbol(const std::string& name) const { return symbols_.contains(name); }
  std::string build_id() const;    // hexadecimal; "" for none
  std::string_view image() const;  // the whole file, uncompressed; lives as long as the object
  // All that the frame may be, as scripts/faddr2line has it: static functions share names, and some
  // of those sizes. In the order of their addresses; empty where the symbol table has no such
  // function of that size, or the offset is beyond its end.
  std::vector<Places> resolve(const FrameRef& ref) const;
  // Of an address of the file, in `function`.
  Places places_at(std::uint64_t address, const std::string& function) const;
  // The file that a function begins in; "" where neither is known.
  std::string file_of(const std::string& function) const;
  // The function that an address of the file is in, as a frame that stands there.
  std::optional<FrameRef> find_function(std::uint64_t address) const;

 private:
  struct Symbol {
    std::uint64_t address, size;
  };
  struct End {
    void operator()(Dwfl* dwfl) const noexcept { ::dwfl_end(dwfl); }
  };
  void read_symbols();
  std::vector<std::uint64_t> find(const FrameRef& ref) const;

  std::unique_ptr<Dwfl, End> dwfl_;
  Dwfl_Module* module_ = nullptr;
  bool debug_info_ = false;
  std::unordered_multimap<std::string, Symbol> symbols_;
};

}  // namespace kproof::symbols
