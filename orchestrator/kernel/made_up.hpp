// Kernels made by hand, for tests: a bzImage that is all header, a vmlinux that is all notes.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <elf.h>

namespace kproof::kernel {

inline void put(std::string& file, std::size_t at, std::uint32_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i)
    file[at + i] = static_cast<char>(value >> (8 * i));
}

// Offsets as in boot.rst; boot protocol 2.15, one setup sector, 64-bit.
inline std::string made_up_bzimage(std::string_view payload, std::string_view version) {
  constexpr std::size_t protected_mode = 1024;
  std::string file(protected_mode, '\0');
  put(file, 0x1f1, 1, 1);
  put(file, 0x1fe, 0xaa55, 2);
  file.replace(0x202, 4, "HdrS");
  put(file, 0x206, 0x020f, 2);
  put(file, 0x20e, 0x300 - 0x200, 2);
  put(file, 0x236, 1, 2);
  put(file, 0x248, 16, 4);
  put(file, 0x24c, static_cast<std::uint32_t>(payload.size()), 4);
  file.replace(0x300, version.size(), version);
  return file + std::string(16, '\x90') + std::string(payload) + "behind the payload";
}

// An executable ELF file with one PT_NOTE (of `owner`, three letters, and eight bytes of 1) and
// `text` behind it.
inline std::string made_up_vmlinux(std::uint32_t note, std::string_view text,
                                   std::uint16_t machine = EM_X86_64, std::uint16_t type = ET_EXEC,
                                   std::string_view owner = "Xen") {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = header.e_version = EV_CURRENT;
  header.e_type = type;
  header.e_machine = machine;
  header.e_ehsize = sizeof header;
  header.e_phoff = sizeof header;
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 1;
  std::string notes(12, '\0');
  put(notes, 0, 4, 4);  // the owner and its NUL
  put(notes, 4, 8, 4);
  put(notes, 8, note, 4);
  notes += std::string(owner) + '\0' + std::string(8, '\x01');
  Elf64_Phdr segment{};
  segment.p_type = PT_NOTE;
  segment.p_offset = sizeof header + sizeof segment;
  segment.p_filesz = segment.p_memsz = notes.size();
  segment.p_align = 4;
  return std::string(reinterpret_cast<const char*>(&header), sizeof header) +
         std::string(reinterpret_cast<const char*>(&segment), sizeof segment) + notes +
         std::string(text) + std::string(16, '\0');
}

}  // namespace kproof::kernel
