#include "kernel/bzimage.hpp"

#include <cstdint>

#include <fmt/format.h>

#include "formats/decompress.hpp"

namespace kproof::kernel {

// Offsets in the file, all from boot.rst, "The Real-Mode Kernel Header".
namespace offset {
constexpr std::size_t setup_sects = 0x1f1;
constexpr std::size_t boot_flag = 0x1fe;
constexpr std::size_t magic = 0x202;
constexpr std::size_t version = 0x206;
constexpr std::size_t kernel_version = 0x20e;
constexpr std::size_t xloadflags = 0x236;
constexpr std::size_t payload_offset = 0x248;
constexpr std::size_t payload_length = 0x24c;
constexpr std::size_t end = 0x250;
}  // namespace offset

// A little-endian number of `bytes` bytes.
static std::uint32_t number(std::string_view file, std::size_t at, int bytes) {
  std::uint32_t value = 0;
  for (int i = bytes - 1; i >= 0; --i)
    value = value << 8 | static_cast<unsigned char>(file[at + static_cast<std::size_t>(i)]);
  return value;
}

bool has_setup_header(std::string_view file) {
  return file.size() >= offset::end && number(file, offset::boot_flag, 2) == 0xaa55 &&
         file.substr(offset::magic, 4) == "HdrS";
}

static std::string release_of(std::string_view file) {
  const std::size_t at = number(file, offset::kernel_version, 2);
  if (at == 0 || at + 0x200 >= file.size()) return "";
  std::string_view text = file.substr(at + 0x200, 256);
  text = text.substr(0, text.find('\0'));
  return std::string(text.substr(0, text.find(' ')));
}

tl::expected<BzImage, std::string> parse_bzimage(std::string_view file) {
  if (!has_setup_header(file)) return tl::unexpected<std::string>("it has no x86 setup header");
  const std::uint32_t version = number(file, offset::version, 2);
  if (version < 0x0208)
    return tl::unexpected(fmt::format("boot protocol {}.{:02}, older than 2.08 (Linux 2.6.24)",
                                      version >> 8, version & 0xff));
  constexpr std::uint32_t xlf_kernel_64 = 1;
  if (version >= 0x020c && !(number(file, offset::xloadflags, 2) & xlf_kernel_64))
    return tl::unexpected<std::string>("it is a 32-bit kernel; kproof's guests are x86-64");

  const std::uint32_t sectors = number(file, offset::setup_sects, 1);
  const std::size_t protected_mode = ((sectors ? sectors : 4) + 1) * std::size_t{512};
  const std::size_t begin = protected_mode + number(file, offset::payload_offset, 4);
  const std::size_t length = number(file, offset::payload_length, 4);
  if (length <= 4 || begin > file.size() || length > file.size() - begin)
    return tl::unexpected(
        fmt::format("it is cut short: its payload should end at byte {} and it has {}",
                    begin + length, file.size()));
  return BzImage{.release = release_of(file), .payload = file.substr(begin, length)};
}

Payload split_payload(std::string_view payload) {
  const std::size_t without_size = payload.size() - 4;
  const bool own_size = formats::compression_of(payload) == "gzip";
  return {.stream = own_size ? payload : payload.substr(0, without_size),
          .vmlinux_size = number(payload, without_size, 4)};
}

}  // namespace kproof::kernel
