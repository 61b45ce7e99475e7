#include "formats/compress.hpp"

#include <memory>
#include <new>
#include <stdexcept>

#include <archive.h>
#include <archive_entry.h>

namespace kproof::formats {

namespace {
struct CloseWriter {
  void operator()(archive* writer) const noexcept { archive_write_free(writer); }
};
struct FreeEntry {
  void operator()(archive_entry* entry) const noexcept { archive_entry_free(entry); }
};
}  // namespace

static la_ssize_t append(archive*, void* out, const void* bytes, std::size_t size) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

// Into memory nothing of this can fail but for want of it.
static void require(int status, archive* writer) {
  if (status == ARCHIVE_OK) return;
  const char* why = archive_error_string(writer);
  throw std::logic_error(why ? why : "libarchive cannot make a gzip stream");
}

std::string gzip(std::string_view plain) {
  std::string out;
  const std::unique_ptr<archive, CloseWriter> writer(archive_write_new());
  const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
  if (!writer || !entry) throw std::bad_alloc();
  archive* const to = writer.get();
  require(archive_write_set_format_raw(to), to);
  require(archive_write_add_filter_gzip(to), to);
  require(archive_write_set_filter_option(to, "gzip", "timestamp", nullptr), to);
  require(archive_write_set_bytes_in_last_block(to, 1), to);  // no padding to a tape's block
  require(archive_write_open(to, &out, nullptr, append, nullptr), to);
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  require(archive_write_header(to, entry.get()), to);
  if (archive_write_data(to, plain.data(), plain.size()) < 0) require(ARCHIVE_FATAL, to);
  require(archive_write_close(to), to);
  return out;
}

}  // namespace kproof::formats
