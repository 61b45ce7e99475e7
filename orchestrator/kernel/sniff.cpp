#include "kernel/sniff.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "formats/decompress.hpp"
#include "formats/rpm.hpp"
#include "kernel/bzimage.hpp"

namespace kproof::kernel {
using namespace std::string_view_literals;

static bool printable(char c) {
  return (c >= ' ' && c <= '~') || c == '\n' || c == '\t' || c == '\r';
}

static std::string first_bytes(std::string_view head) {
  const std::string_view line = head.substr(0, std::min<std::size_t>(head.find('\n'), 32));
  if (std::all_of(head.begin(), head.end(), printable))
    return fmt::format("text that begins \"{}\"", line);
  std::string hex;
  for (const char c : head.substr(0, 8))
    hex += fmt::format(" {:02x}", static_cast<unsigned char>(c));
  return "a file that begins with the bytes" + hex;
}

static std::string describe(std::string_view head) {
  constexpr std::size_t arm64_magic = 0x38;  // Documentation/arch/arm64/booting.rst
  constexpr std::size_t riscv_magic = 0x30;  // Documentation/arch/riscv/boot-image-header.rst
  if (head.substr(std::min(arm64_magic, head.size())).starts_with("ARM\x64"sv))
    return "an arm64 Image";
  if (head.substr(std::min(riscv_magic, head.size())).starts_with("RISCV\0\0\0"sv))
    return "a riscv Image";
  if (const auto compression = formats::compression_of(head))
    return fmt::format("a {} file", *compression);
  if (head.starts_with("!<arch>\n")) return "an ar archive, but no Debian package";
  return first_bytes(head);
}

Sniffed sniff(std::string_view head, std::uint64_t size) {
  if (size == 0) return {FileKind::other, "an empty file"};
  if (has_setup_header(head)) return {FileKind::bzimage, "a bzImage"};
  if (head.starts_with("\x7f"
                       "ELF"))
    return {FileKind::elf, "an ELF file"};
  if (head.starts_with("!<arch>\ndebian-binary")) return {FileKind::deb, "a Debian package"};
  if (formats::is_rpm(head)) return {FileKind::rpm, "an RPM package"};
  return {FileKind::other, fmt::format("{} ({} bytes)", describe(head), size)};
}

}  // namespace kproof::kernel
