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

static void write(const Tree& tree, const std::vector<ImageArtifact>& segments,
                  const fs::path& path) {
  // One at a time: the caller holds the lock.
  util::DraftFile draft(path);
  draft.allow_all_to_read();  // a daemon's QEMU is another user
  write_newc(tree, [&draft](std::string_view bytes) { draft.write(bytes); });
  for (const ImageArtifact& segment : segments)
    draft.append(segment.path);
  if (path.stem() != with_segments(identity_of(tree), segments))
    throw HostError("a file of the guest image changed while it was read",
                    "wait for the build to end");
  draft.commit();
}

static ImageArtifact make(const Tree& tree, const std::vector<ImageArtifact>& segments,
                          const fs::path& directory) {
  const std::string identity = with_segments(identity_of(tree), segments);
  const fs::path path = directory / (identity + ".cpio");
  try {
    fs::create_directories(directory);
    if (!fs::exists(path)) {
      const auto lock = util::FileLock::acquire(directory / ".lock");
      if (!fs::exists(path)) write(tree, segments, path);
    }
    return {.path = path, .identity = identity, .bytes = fs::file_size(path)};
  } catch (const fs::filesystem_error& error) {
    throw HostError(fmt::format("cannot make the guest image: {}", error.what()));
  }
}

ImageArtifact make_image(const ImageSpec& spec, const fs::path& directory) {
  return make(tree_of(spec), spec.segments, directory);
}

ImageArtifact make_segment(const Files& files, const fs::path& directory) {
  Tree tree;
  for (const auto& [inside, file] : files)
    add(tree, inside, {executable(file) ? 0755u : 0644u, HostFile{file}});
  return make(tree, {}, directory);
}

}  // namespace kproof::image
