#include "formats/decompress.hpp"

#include <array>
#include <memory>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

namespace kproof::formats {
using namespace std::string_view_literals;

namespace {
struct Magic {
  std::string_view bytes, name;
};
struct CloseArchive {
  void operator()(archive* reader) const noexcept { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, CloseArchive>;
}  // namespace

std::optional<std::string_view> compression_of(std::string_view head) {
  static constexpr std::array magics{
      Magic{"\x1f\x8b"sv, "gzip"},         Magic{"\xfd\x37zXZ\0"sv, "xz"},
      Magic{"\x28\xb5\x2f\xfd"sv, "zstd"}, Magic{"BZh"sv, "bzip2"},
      Magic{"\x5d\0\0"sv, "lzma"},         Magic{"\x02\x21\x4c\x18"sv, "lz4"},  // legacy: kernels
      Magic{"\x04\x22\x4d\x18"sv, "lz4"},
  };
  for (const Magic& magic : magics)
    if (head.starts_with(magic.bytes)) return magic.name;
  return std::nullopt;
}

static Reader open_reader(std::string_view stream) {
  Reader reader(archive_read_new());
  if (!reader) throw std::bad_alloc();
  archive_read_support_format_raw(reader.get());
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_filter_xz(reader.get());
  archive_read_support_filter_zstd(reader.get());
  archive_read_support_filter_bzip2(reader.get());
  archive_read_support_filter_lzma(reader.get());
  archive_read_support_filter_lz4(reader.get());
  archive_read_open_memory(reader.get(), stream.data(), stream.size());  // the next call tells
  return reader;
}

static tl::unexpected<std::string> failure(archive* reader) {
  const char* why = archive_error_string(reader);
  return tl::unexpected<std::string>(why ? why : "not a compressed stream");
}

tl::expected<std::uint64_t, std::string> decompress(std::string_view stream, const Sink& sink) {
  if (!compression_of(stream)) return tl::unexpected<std::string>("not a compressed stream");
  const Reader reader = open_reader(stream);
  archive_entry* entry = nullptr;
  if (archive_read_next_header(reader.get(), &entry) != ARCHIVE_OK) return failure(reader.get());
  // The raw format takes plain bytes too: one filter is none but the file itself.
  if (archive_filter_count(reader.get()) < 2)
    return tl::unexpected(fmt::format("a damaged {} stream", *compression_of(stream)));

  std::uint64_t total = 0;
  for (;;) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int status = archive_read_data_block(reader.get(), &block, &size, &offset);
    if (status == ARCHIVE_EOF) return total;
    if (status != ARCHIVE_OK) return failure(reader.get());
    sink({static_cast<const char*>(block), size});
    total += size;
  }
}

tl::expected<std::string, std::string> decompress(std::string_view stream) {
  std::string plain;
  const auto size = decompress(stream, [&plain](std::string_view block) { plain.append(block); });
  if (!size) return tl::unexpected(size.error());
  return plain;
}

}  // namespace kproof::formats
