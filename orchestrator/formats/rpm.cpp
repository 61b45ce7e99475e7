#include "formats/rpm.hpp"

#include <memory>
#include <new>

#include <archive.h>
#include <archive_entry.h>

namespace kproof::formats {
namespace fs = std::filesystem;
using namespace std::string_view_literals;

namespace {
struct CloseRpm {
  void operator()(archive* reader) const noexcept { archive_read_free(reader); }
};
struct CloseDisk {
  void operator()(archive* writer) const noexcept { archive_write_free(writer); }
};
}  // namespace

// rpm's lib/rpmlead.cc
static constexpr std::size_t kNameAt = 10, kNameSize = 66;

bool is_rpm(std::string_view head) {
  return head.starts_with("\xed\xab\xee\xdb"sv);
}

std::string rpm_name(std::string_view head) {
  if (!is_rpm(head) || head.size() < kNameAt + kNameSize) return "";
  const std::string_view name = head.substr(kNameAt, kNameSize);
  return std::string(name.substr(0, name.find('\0')));
}

static tl::unexpected<std::string> why_not(archive* of) {
  const char* why = archive_error_string(of);
  return tl::unexpected<std::string>(why ? why : "it cannot be read");
}

// "./boot/vmlinuz" and "/boot/vmlinuz" are below `directory`; libarchive refuses "..", and to
// follow a link that the package has laid.
static void place_below(const fs::path& directory, archive_entry* entry) {
  const auto below = [&](const char* path) {
    return (directory / fs::path(path).relative_path()).lexically_normal().string();
  };
  archive_entry_set_pathname(entry, below(archive_entry_pathname(entry)).c_str());
  if (const char* other = archive_entry_hardlink(entry))
    archive_entry_set_hardlink(entry, below(other).c_str());
  const bool directory_itself = archive_entry_filetype(entry) == AE_IFDIR;
  archive_entry_set_perm(entry, directory_itself ? 0755 : 0644);
}

static bool has_dots(const char* path) {
  for (const fs::path& part : fs::path(path))
    if (part == "..") return true;
  return false;
}

static bool is_wanted(archive_entry* entry) {
  const auto type = archive_entry_filetype(entry);
  return type == AE_IFREG || type == AE_IFDIR || type == AE_IFLNK;
}

tl::expected<void, std::string> unpack_rpm(const fs::path& file, const fs::path& given) {
  const fs::path directory = fs::canonical(given);
  const std::unique_ptr<archive, CloseRpm> reader(archive_read_new());
  const std::unique_ptr<archive, CloseDisk> writer(archive_write_disk_new());
  if (!reader || !writer) throw std::bad_alloc();
  archive_read_support_filter_all(reader.get());
  archive_read_support_format_cpio(reader.get());
  archive_write_disk_set_options(writer.get(), ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME |
                                                   ARCHIVE_EXTRACT_SECURE_SYMLINKS |
                                                   ARCHIVE_EXTRACT_SECURE_NODOTDOT);
  constexpr std::size_t kBlock = 1 << 16;
  if (archive_read_open_filename(reader.get(), file.c_str(), kBlock) != ARCHIVE_OK)
    return why_not(reader.get());
  for (;;) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF) return {};
    if (status != ARCHIVE_OK) return why_not(reader.get());
    if (has_dots(archive_entry_pathname(entry)))
      return tl::unexpected<std::string>("it has a file outside of itself");
    if (!is_wanted(entry)) continue;
    place_below(directory, entry);
    if (archive_read_extract2(reader.get(), entry, writer.get()) != ARCHIVE_OK)
      return why_not(archive_errno(writer.get()) != 0 ? writer.get() : reader.get());
  }
}

}  // namespace kproof::formats
