// Compressed bytes, read by libarchive's filters. Used for a bzImage's payload, a module, an
// embedded kconfig; never for guessing: the caller knows where the stream begins and ends.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace kproof::formats {

// "gzip", "xz", "zstd", "bzip2", "lzma" or "lz4" by the magic of the stream, which the kernel's
// lib/decompress.c tells apart the same way. Empty for anything else (lzo too: Debian's libarchive
// is built without it).
std::optional<std::string_view> compression_of(std::string_view head);

// Gets the plain bytes, a block at a time. What it throws passes through.
using Sink = std::function<void(std::string_view)>;

// Unpacks one whole stream; the number of plain bytes, or why it is not a stream.
tl::expected<std::uint64_t, std::string> decompress(std::string_view stream, const Sink& sink);

// The same into memory, for small things.
tl::expected<std::string, std::string> decompress(std::string_view stream);

}  // namespace kproof::formats
