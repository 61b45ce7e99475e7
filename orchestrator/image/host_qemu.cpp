#include "image/host_qemu.hpp"

#include <fmt/format.h>

#include "util/error.hpp"
#include "util/subprocess.hpp"

namespace kproof::image {
namespace fs = std::filesystem;

constexpr const char* emulator = "qemu-system-x86_64";

std::vector<fs::path> parse_data_directories(std::string_view text) {
  std::vector<fs::path> directories;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    // "/usr/bin/../share/qemu": relative to the program, so it is found in the guest too.
    if (line.starts_with('/')) directories.push_back(fs::path(line).lexically_normal());
  }
  return directories;
}

static fs::path find_data(const QemuData& data, const std::vector<fs::path>& directories) {
  for (const fs::path& directory : directories)
    if (fs::exists(directory / data.name)) return directory / data.name;
  throw HostError(fmt::format("{} finds no {}, which a guest needs to start guests of its own",
                              emulator, data.name),
                  fmt::format("apt-get install {}", data.package));
}

HostQemu host_qemu() {
  const std::string found = util::search_path(emulator);
  if (found.empty())
    throw HostError(fmt::format("{} is not in PATH; the image of a guest that starts guests of its "
                                "own holds a copy",
                                emulator),
                    "apt-get install qemu-system-x86");
  // QEMU finds its data from /proc/self/exe, behind all symlinks.
  HostQemu qemu{.program = fs::canonical(found).string(), .files = {}};
  qemu.files = host_program(qemu.program);
  const auto directories =
      parse_data_directories(util::run_checked({.argv = {qemu.program, "-L", "help"}}));
  for (const QemuData& data : qemu_data) {
    const fs::path file = find_data(data, directories);
    qemu.files.emplace(file.string(), file);
  }
  return qemu;
}

}  // namespace kproof::image
