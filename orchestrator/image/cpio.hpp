// A cpio archive as the kernel unpacks it (Documentation/driver-api/early-userspace/
// buffer-format.rst), written without root and without what changes from run to run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>

namespace kproof::image {

struct Directory {};
struct Bytes {
  std::string content;
};
// Read when its turn comes, so an archive never lies in memory whole.
struct HostFile {
  std::filesystem::path path;
};
struct HostModule {
  std::filesystem::path path;  // stored decompressed
};
struct Symlink {
  std::string target;
};
struct CharDevice {
  std::uint32_t major = 0, minor = 0;
};
struct Entry {
  std::uint32_t permissions = 0;  // 0755; the type follows from the node
  std::variant<Directory, Bytes, HostFile, HostModule, Symlink, CharDevice> node;
};

// By path inside, without the leading slash; the map's order is the archive's, so a directory comes
// before what it holds.
using Tree = std::map<std::string, Entry>;

// Adds `entry` as "/a/b/c" with the directories above it, 0755. ConfigError for a path that is not
// absolute, has "." or "..", is there already, or is below a file.
void add(Tree& tree, std::string_view path, Entry entry);

// Equal trees with equal files give equal bytes: owner 0:0, time 0, inodes counted from 1.
using ByteSink = std::function<void(std::string_view)>;
void write_newc(const Tree& tree, const ByteSink& sink);

// What stands around `size` bytes in the archive that holds them as the file `path`, and no other.
// Errors are add()'s; HostError for 4 GB or more.
struct Envelope {
  std::string head, tail;
};
Envelope envelope(std::string_view path, std::uint32_t permissions, std::uint64_t size);

}  // namespace kproof::image
