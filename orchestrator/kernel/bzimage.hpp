// A bzImage, as Documentation/arch/x86/boot.rst describes it.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace kproof::kernel {

struct BzImage {
  std::string release;       // first word of its version string: "6.1.0-56-amd64"
  std::string_view payload;  // the compressed vmlinux with its size behind it; a view of the input
};

// The setup header begins here; also how a bzImage is told from other files.
bool has_setup_header(std::string_view file);

// Reads the header of a whole bzImage; the error says what is wrong with it.
tl::expected<BzImage, std::string> parse_bzimage(std::string_view file);

// Of a payload: the bytes that a decompressor may see, and how long the vmlinux must become.
// The kernel's build appends the size (u32, little endian) to every stream but gzip's, which has
// it as its own last field (scripts/Makefile.lib: size_append).
struct Payload {
  std::string_view stream;
  std::uint32_t vmlinux_size = 0;
};
Payload split_payload(std::string_view payload);

}  // namespace kproof::kernel
