// ELF files, read by libelf: a vmlinux, a module, a program.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "util/fd.hpp"

struct Elf;

namespace kproof::formats {

// An ELF file, mapped or in memory. Views that it hands out live as long as it does.
class ElfFile {
 public:
  // The error says why it is no ELF file; a file that cannot be opened is a HostError.
  static tl::expected<ElfFile, std::string> open(const std::filesystem::path& path);
  static tl::expected<ElfFile, std::string> from_memory(std::string image);

  std::uint16_t machine() const;    // EM_*
  bool relocatable() const;         // ET_REL: an object file, a module
  std::string interpreter() const;  // PT_INTERP: the dynamic loader; "" in a static program
  std::string_view bytes() const;   // the whole file
  std::optional<std::string_view> section(std::string_view name) const;
  // A note among the program headers, where a boot loader looks.
  bool has_note(std::string_view owner, std::uint32_t type) const;
  // NT_GNU_BUILD_ID: the same for a stripped file and the one with its debug information; "" when
  // the linker made none.
  std::string build_id() const;

 private:
  struct End {
    void operator()(Elf* elf) const noexcept;
  };
  ElfFile() = default;
  tl::expected<ElfFile, std::string> checked() &&;
  std::optional<std::string_view> note(std::string_view owner, std::uint32_t type) const;

  util::Fd fd_;
  std::unique_ptr<std::string> image_;  // on the heap, so that a move leaves libelf's pointer good
  std::unique_ptr<Elf, End> elf_;
};

// "x86-64", "aarch64", ..., "machine 300".
std::string machine_name(std::uint16_t machine);

}  // namespace kproof::formats
