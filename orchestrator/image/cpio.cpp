#include "image/cpio.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "image/modules.hpp"
#include "util/error.hpp"
#include "util/fd.hpp"

namespace kproof::image {
namespace fs = std::filesystem;

static std::string checked_path(std::string_view path) {
  const fs::path inside(path);
  if (!inside.is_absolute() || path.starts_with("//") || inside.lexically_normal() != inside ||
      !inside.has_filename())
    throw ConfigError(fmt::format("\"{}\" is no path for a file in an image", path),
                      "write it as /a/b, without . and ..");
  return std::string(path.substr(1));
}

void add(Tree& tree, std::string_view path, Entry entry) {
  const std::string name = checked_path(path);
  for (std::size_t slash = 0; (slash = name.find('/', slash + 1)) != std::string::npos;) {
    const auto above = tree.try_emplace(name.substr(0, slash), Entry{0755, Directory{}}).first;
    if (!std::holds_alternative<Directory>(above->second.node))
      throw ConfigError(fmt::format("{} in the image lies below a file", path));
  }
  if (!tree.emplace(name, std::move(entry)).second)
    throw ConfigError(fmt::format("{} is in the image twice", path));
}

namespace {
struct Type {
  std::uint32_t operator()(const Directory&) const { return S_IFDIR; }
  std::uint32_t operator()(const Symlink&) const { return S_IFLNK; }
  std::uint32_t operator()(const CharDevice&) const { return S_IFCHR; }
  std::uint32_t operator()(const Bytes&) const { return S_IFREG; }
  std::uint32_t operator()(const HostFile&) const { return S_IFREG; }
  std::uint32_t operator()(const HostModule&) const { return S_IFREG; }
};

class Writer {
 public:
  explicit Writer(const ByteSink& sink) : sink_(sink) {}

  void entry(const std::string& name, const Entry& entry) {
    std::visit([&](const auto& node) { write_node(name, entry, node); }, entry.node);
  }

  // Of a file whose content is written by somebody else.
  void before(const std::string& name, std::uint32_t permissions, std::uint64_t size) {
    mode_ = permissions | S_IFREG;
    header(name, size);
  }
  void after(std::uint64_t size) {
    written_ += size;
    pad(4);
  }

  void trailer() {
    mode_ = 0;
    inode_ = -1;  // the trailer's is 0
    header("TRAILER!!!", 0);
    pad(512);  // as cpio does; some readers want whole blocks
  }

 private:
  template <class Node>
  void write_node(const std::string& name, const Entry& entry, const Node& node) {
    mode_ = entry.permissions | Type{}(node);
    content(name, node);
  }

  void content(const std::string& name, const Directory&) { header(name, 0); }
  void content(const std::string& name, const CharDevice& device) { header(name, 0, device); }
  void content(const std::string& name, const Symlink& link) { whole(name, link.target); }
  void content(const std::string& name, const Bytes& bytes) { whole(name, bytes.content); }
  void content(const std::string& name, const HostModule& module) {
    whole(name, read_module(module.path));
  }
  void content(const std::string& name, const HostFile& file);

  void whole(const std::string& name, std::string_view bytes) {
    header(name, bytes.size());
    put(bytes);
    pad(4);
  }

  void header(const std::string& name, std::uint64_t size, CharDevice device = {}) {
    if (size > 0xffffffff)
      throw HostError(fmt::format("{} is too large for an initramfs: {} bytes", name, size));
    const bool directory = (mode_ & S_IFMT) == S_IFDIR;
    put(
        fmt::format("070701{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}{:08X}"
                    "{:08X}{:08X}",
                    static_cast<std::uint32_t>(++inode_), mode_, 0, 0, directory ? 2 : 1, 0, size,
                    0, 0, device.major, device.minor, name.size() + 1, 0));
    put(name);
    put(std::string(1, '\0'));
    pad(4);
  }

  void put(std::string_view bytes) {
    sink_(bytes);
    written_ += bytes.size();
  }

  void pad(std::size_t alignment) {
    put(std::string((alignment - written_ % alignment) % alignment, '\0'));
  }

  const ByteSink& sink_;
  std::uint64_t written_ = 0;
  std::int64_t inode_ = 0;
  std::uint32_t mode_ = 0;
};
}  // namespace

[[noreturn]] static void fail(const fs::path& path) {
  throw HostError(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
}

void Writer::content(const std::string& name, const HostFile& file) {
  const util::Fd fd(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status;
  if (!fd || ::fstat(fd.get(), &status) != 0) fail(file.path);
  auto left = static_cast<std::uint64_t>(status.st_size);
  header(name, left);
  char buffer[1 << 16];
  while (left > 0) {
    const ssize_t n = ::read(fd.get(), buffer, std::min<std::uint64_t>(left, sizeof buffer));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(file.path);
    if (n == 0) throw HostError(fmt::format("{} shrank while it was read", file.path.string()));
    put({buffer, static_cast<std::size_t>(n)});
    left -= static_cast<std::uint64_t>(n);
  }
  pad(4);
}

void write_newc(const Tree& tree, const ByteSink& sink) {
  Writer writer(sink);
  for (const auto& [name, entry] : tree)
    writer.entry(name, entry);
  writer.trailer();
}

Envelope envelope(std::string_view path, std::uint32_t permissions, std::uint64_t size) {
  Tree tree;
  add(tree, path, {permissions, Bytes{}});
  Envelope around;
  std::string* part = &around.head;
  const ByteSink sink = [&](std::string_view bytes) { part->append(bytes); };
  Writer writer(sink);
  for (const auto& [name, entry] : tree)
    if (std::holds_alternative<Directory>(entry.node))
      writer.entry(name, entry);
    else
      writer.before(name, permissions, size);
  part = &around.tail;
  writer.after(size);
  writer.trailer();
  return around;
}

}  // namespace kproof::image
