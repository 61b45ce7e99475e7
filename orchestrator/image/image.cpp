#include "image/image.hpp"

#include <fmt/format.h>

#include "image/cpio.hpp"
#include "util/draft_file.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/hash.hpp"

namespace kproof::image {
namespace fs = std::filesystem;

// Part of every identity: to be changed with the layout of the image.
constexpr std::string_view layout = "kproof-image-1";

static bool executable(const fs::path& file) {
  std::error_code ignored;  // a missing file is told when it is read
  return (fs::status(file, ignored).permissions() & fs::perms::owner_exec) != fs::perms::none;
}

static std::string path_of(const Module& module) {
  return fmt::format("{}/{}.ko", modules_path, module.name);
}

static std::string manifest(const std::vector<Module>& modules) {
  std::string lines;
  for (const Module& module : modules)
    lines += path_of(module) + "\n";
  return lines;
}

static Tree tree_of(const ImageSpec& spec) {
  Tree tree;
  for (const char* mount_point : {"/dev", "/proc", "/sys", "/tmp", "/run"})
    add(tree, mount_point, {0755, Directory{}});
  // The kernel opens it as init's stdin, stdout and stderr, before anything could mount devtmpfs.
  add(tree, "/dev/console", {0600, CharDevice{5, 1}});
  add(tree, agent_path, {0755, HostFile{spec.agent}});
  add(tree, manifest_path, {0644, Bytes{manifest(spec.modules)}});
  for (const Module& module : spec.modules)
    add(tree, path_of(module), {0644, HostModule{module.file}});
  for (const auto& [inside, file] : spec.files)
    add(tree, inside, {executable(file) ? 0755u : 0644u, HostFile{file}});
  return tree;
}

static std::string identity_of(const Tree& tree) {
  util::Hasher hasher;
  hasher.add(layout);
  for (const auto& [name, entry] : tree) {
    hasher.add(name).add(fmt::format("{} {:o}", entry.node.index(), entry.permissions));
    if (const auto* bytes = std::get_if<Bytes>(&entry.node)) hasher.add(bytes->content);
    if (const auto* file = std::get_if<HostFile>(&entry.node)) hasher.add_file(file->path);
    if (const auto* module = std::get_if<HostModule>(&entry.node)) hasher.add_file(module->path);
  }
  return hasher.hex();
}

static std::string with_segments(std::string identity, const std::vector<ImageArtifact>& segments) {
  if (segments.empty()) return identity;
  util::Hasher hasher;
  hasher.add(identity);
  for (const ImageArtifact& segment : segments)
    hasher.add(segment.identity);
  return hasher.hex();
}

static void write(const Tree& tree, const fs::path& path) {
  // One at a time: the caller holds the lock.
  util::DraftFile draft(path);
  draft.allow_all_to_read();  // a daemon's QEMU is another user
  write_newc(tree, [&draft](std::string_view bytes) { draft.write(bytes); });
  if (path.stem() != identity_of(tree))
    throw HostError("a file of the guest image changed while it was read",
                    "wait for the build to end");
  draft.commit();
}

static ImageArtifact make(const Tree& tree, const fs::path& directory) {
  const std::string identity = identity_of(tree);
  const fs::path path = directory / (identity + ".cpio");
  try {
    fs::create_directories(directory);
    if (!fs::exists(path)) {
      const auto lock = util::FileLock::acquire(directory / ".lock");
      if (!fs::exists(path)) write(tree, path);
    }
    return {.pieces = {path}, .identity = identity, .bytes = fs::file_size(path)};
  } catch (const fs::filesystem_error& error) {
    throw HostError(fmt::format("cannot make the guest image: {}", error.what()));
  }
}

ImageArtifact make_image(const ImageSpec& spec, const fs::path& directory) {
  ImageArtifact image = make(tree_of(spec), directory);
  image.identity = with_segments(image.identity, spec.segments);
  for (const ImageArtifact& segment : spec.segments) {
    image.pieces.insert(image.pieces.end(), segment.pieces.begin(), segment.pieces.end());
    image.bytes += segment.bytes;
  }
  return image;
}

ImageArtifact make_segment(const Files& files, const fs::path& directory) {
  Tree tree;
  for (const auto& [inside, file] : files)
    add(tree, inside, {executable(file) ? 0755u : 0644u, HostFile{file}});
  return make(tree, directory);
}

ImageArtifact wrap(const std::string& inside, const ImageArtifact& content) {
  Envelope around = envelope(inside, 0644, content.bytes);
  ImageArtifact wrapped{.pieces = content.pieces, .identity = {}, .bytes = 0};
  wrapped.bytes = around.head.size() + content.bytes + around.tail.size();
  wrapped.pieces.insert(wrapped.pieces.begin(), std::move(around.head));
  wrapped.pieces.emplace_back(std::move(around.tail));
  wrapped.identity = util::Hasher().add(layout).add(inside).add(content.identity).hex();
  return wrapped;
}

ImageArtifact wrap(const std::string& inside, const fs::path& content) {
  try {
    return wrap(inside, {.pieces = {content},
                         .identity = util::hash_file(content),
                         .bytes = fs::file_size(content)});
  } catch (const fs::filesystem_error& error) {
    throw HostError(fmt::format("cannot make the guest image: {}", error.what()));
  }
}

static void append(util::DraftFile& draft, const Piece& piece) {
  if (const auto* bytes = std::get_if<std::string>(&piece))
    draft.write(*bytes);
  else
    draft.append(std::get<fs::path>(piece));
}

JoinedImage::JoinedImage(const ImageArtifact& image, const fs::path& directory)
    : path_(image.path()) {
  if (image.pieces.size() == 1) return;
  joined_ = std::make_unique<util::DraftFile>(directory / (image.identity + ".cpio"));
  joined_->allow_all_to_read();  // a daemon's QEMU is another user
  for (const Piece& piece : image.pieces)
    append(*joined_, piece);
  path_ = joined_->as_it_is();
  if (fs::file_size(path_) != image.bytes)
    throw HostError("a file of the guest image changed since the image was made",
                    "wait for whoever changes it");
}

}  // namespace kproof::image
