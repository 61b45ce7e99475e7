#include "kernel/vmlinux.hpp"

#include <algorithm>
#include <cctype>

#include <elf.h>
#include <fmt/format.h>

#include "formats/decompress.hpp"
#include "formats/elf.hpp"
#include "util/error.hpp"

namespace kproof::kernel {

// include/xen/interface/elfnote.h; what QEMU looks for too (hw/i386/x86.c: load_elfboot)
constexpr std::uint32_t XEN_ELFNOTE_PHYS32_ENTRY = 18;

std::string release_in_banner(std::string_view vmlinux) {
  constexpr std::string_view banner = "Linux version ";
  for (std::size_t at = 0; (at = vmlinux.find(banner, at)) != std::string_view::npos;) {
    at += banner.size();
    const std::string_view rest = vmlinux.substr(at, 65);  // __NEW_UTS_LEN is 64
    const std::size_t end = rest.find(' ');
    // Format strings have "Linux version %s"; a release begins with its number.
    if (end != std::string_view::npos && std::isdigit(static_cast<unsigned char>(rest.front())))
      return std::string(rest.substr(0, end));
  }
  return "";
}

std::optional<std::string> embedded_config(std::string_view vmlinux) {
  constexpr std::string_view begin_mark = "IKCFG_ST", end_mark = "IKCFG_ED";  // kernel/configs.c
  const std::size_t begin = vmlinux.find(begin_mark);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::string_view rest = vmlinux.substr(begin + begin_mark.size());
  const std::size_t end = rest.find(end_mark);
  if (end == std::string_view::npos) return std::nullopt;
  auto config = formats::decompress(rest.substr(0, end));
  return config ? std::optional(std::move(*config)) : std::nullopt;
}

Vmlinux inspect_vmlinux(const std::filesystem::path& path, const std::string& name) {
  const auto elf = formats::ElfFile::open(path);
  if (!elf) throw ConfigError(fmt::format("{} is damaged: {}", name, elf.error()));
  if (elf->machine() != EM_X86_64)
    throw ConfigError(fmt::format("{} is an ELF file for {}; kproof's guests are x86-64", name,
                                  formats::machine_name(elf->machine())));
  if (elf->relocatable())
    throw ConfigError(fmt::format("{} is an object file or a module, not a kernel", name),
                      "give the vmlinux or arch/x86/boot/bzImage of the build tree");
  Vmlinux facts{.pvh = elf->has_note("Xen", XEN_ELFNOTE_PHYS32_ENTRY),
                .kasan = elf->bytes().find("BUG: KASAN: ") != std::string_view::npos,
                .release = release_in_banner(elf->bytes()),
                .config = embedded_config(elf->bytes())};
  if (facts.release.empty())
    throw ConfigError(
        fmt::format("{} is an ELF program without a \"Linux version\" banner, not a "
                    "kernel",
                    name));
  return facts;
}

}  // namespace kproof::kernel
