// The initramfs of a guest: one static agent as PID 1, the cases, and the modules they need.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "image/host_program.hpp"
#include "image/modules.hpp"
#include "util/draft_file.hpp"

namespace kproof::image {

// Paths inside the image, which the agent relies on.
inline constexpr const char* agent_path = "/init";
inline constexpr const char* manifest_path = "/kproof/modules";  // one path a line, in load order
inline constexpr const char* modules_path = "/lib/modules";      // <name>.ko, decompressed

// Bytes, or the whole of a file that does not change: of the cache, or of the directory of images.
using Piece = std::variant<std::string, std::filesystem::path>;

// An image that holds a guest inside is 200 MB, of which QEMU, the inner kernel and the inner image
// are somebody else's files: it is made whole (JoinedImage) only as long as a guest starts of it.
struct ImageArtifact {
  std::vector<Piece> pieces;  // one after the other; a file of its own first
  std::string identity;       // hash of all that went in: equal images, equal identity
  std::uint64_t bytes = 0;
  // <directory>/<hash>.cpio, which is the image where there is one piece.
  const std::filesystem::path& path() const {
    return std::get<std::filesystem::path>(pieces.front());
  }
};

struct ImageSpec {
  std::filesystem::path agent;
  // Path inside -> file of the host. Executable there when it is executable for its owner here.
  std::vector<std::pair<std::string, std::filesystem::path>> files;
  std::vector<Module> modules;  // in load order, from close_over()
  // Archives that follow, from make_segment(): the kernel unpacks one after the other. Their paths
  // must not be among those above.
  std::vector<ImageArtifact> segments;
};

// Writes the image unless `directory` has it. Several processes may share the directory.
// ConfigError for an impossible path inside; HostError when a file cannot be read or the disk is
// full.
ImageArtifact make_image(const ImageSpec& spec, const std::filesystem::path& directory);

// What many images have in common, in an archive of its own: QEMU. Not compressed: measured in L1
// under TCG, 120 MB take 1.1 s to unpack, beside the rest of the boot, which ends 0.6 s later.
ImageArtifact make_segment(const Files& files, const std::filesystem::path& directory);

// An archive of one file, of which nothing is written: `content`, as `inside`. HostError where that
// is 4 GB or more, which cpio cannot say.
ImageArtifact wrap(const std::string& inside, const ImageArtifact& content);
ImageArtifact wrap(const std::string& inside, const std::filesystem::path& content);

// The image in one file, as long as this lives. QEMU reads it before the guest's first instruction.
class JoinedImage {
 public:
  // In `directory`, unless the image is one file by itself. HostError when a piece is not what it
  // was, or the disk is full.
  JoinedImage(const ImageArtifact& image, const std::filesystem::path& directory);
  const std::filesystem::path& path() const { return path_; }

 private:
  std::unique_ptr<util::DraftFile> joined_;
  std::filesystem::path path_;
};

}  // namespace kproof::image
