// The initramfs of a guest: one static agent as PID 1, the cases, and the modules they need.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "image/host_program.hpp"
#include "image/modules.hpp"

namespace kproof::image {

// Paths inside the image, which the agent relies on.
inline constexpr const char* agent_path = "/init";
inline constexpr const char* manifest_path = "/kproof/modules";  // one path a line, in load order
inline constexpr const char* modules_path = "/lib/modules";      // <name>.ko, decompressed

struct ImageArtifact {
  std::filesystem::path path;  // <directory>/<identity>.cpio
  std::string identity;        // hash of all that went in: equal images, equal identity
  std::uint64_t bytes = 0;
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

// What many images have in common, in an archive of its own: QEMU, or an inner guest's kernel. It
// is read and hashed once and then only copied. Not compressed: measured in L1 under TCG, 120 MB
// take 1.1 s to unpack, beside the rest of the boot, which ends 0.6 s later.
ImageArtifact make_segment(const Files& files, const std::filesystem::path& directory);

}  // namespace kproof::image
