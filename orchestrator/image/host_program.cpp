#include "image/host_program.hpp"

#include <fmt/format.h>

#include "formats/elf.hpp"
#include "util/error.hpp"
#include "util/subprocess.hpp"

namespace kproof::image {
namespace fs = std::filesystem;

constexpr const char* loader_cache = "/etc/ld.so.cache";

// The path in "libc.so.6 => /lib/libc.so.6 (0x7f00)" or "/lib64/ld.so (0x7f00)"; "" for the vDSO,
// which is no file.
static std::string path_in(std::string_view line) {
  const auto slash = line.find('/');
  const auto address = line.rfind(" (0x");
  if (slash == line.npos || address == line.npos || address < slash) return "";
  return std::string(line.substr(slash, address - slash));
}

std::vector<fs::path> parse_loader_list(std::string_view text, const fs::path& program) {
  std::vector<fs::path> paths;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with("not found"))
      throw HostError(fmt::format("a library of {} is missing: {}", program.string(),
                                  line.substr(line.find_first_not_of(" \t"))));
    if (std::string path = path_in(line); !path.empty()) paths.emplace_back(std::move(path));
  }
  return paths;
}

Files host_program(const fs::path& program) {
  const auto elf = formats::ElfFile::open(program);
  if (!elf)
    throw HostError(
        fmt::format("{} cannot be put into an image: {}", program.string(), elf.error()));
  Files files{{program.string(), program}};
  const std::string loader = elf->interpreter();
  if (loader.empty()) return files;  // static
  const std::string list =
      util::run_checked({.argv = {"env", "-u", "LD_LIBRARY_PATH", "-u", "LD_PRELOAD", loader,
                                  "--glibc-hwcaps-mask", "", "--list", program.string()}});
  for (const fs::path& library : parse_loader_list(list, program))
    files.emplace(library.lexically_normal().string(), library);
  files.emplace(loader, loader);
  if (fs::exists(loader_cache)) files.emplace(loader_cache, loader_cache);
  return files;
}

}  // namespace kproof::image
