#include "kernel/located.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "formats/elf.hpp"
#include "util/error.hpp"

namespace kproof::kernel {
namespace fs = std::filesystem;

std::vector<fs::path> kernels_in_root(const fs::path& root) {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(root / "boot", ignored))
    if (file.is_regular_file() && file.path().filename().string().starts_with("vmlinuz-"))
      found.push_back(file.path());
  for (const char* modules : {"lib/modules", "usr/lib/modules"})
    for (fs::directory_iterator at(root / modules, ignored), end; found.empty() && at != end; ++at)
      if (fs::is_regular_file(at->path() / "vmlinuz", ignored))
        found.push_back(at->path() / "vmlinuz");
  std::ranges::sort(found);
  return found;
}

Located locate_in_root(const fs::path& root) {
  const auto found = kernels_in_root(root);
  if (found.empty())
    throw ConfigError(fmt::format("{} holds no boot/vmlinuz-*, so it is no kernel", root.string()),
                      "name a linux-image-* package that ships one");
  if (found.size() > 1) {
    std::vector<std::string> names;
    for (const fs::path& file : found)
      names.push_back(file.string());
    throw ConfigError(fmt::format("{} holds {} kernels", root.string(), found.size()),
                      fmt::format("give one of {}", fmt::join(names, ", ")));
  }
  return {.image = found.front(), .root = root, .build_tree = {}, .note = ""};
}

static Located newer_of(const fs::path& bzimage, const fs::path& vmlinux, const fs::path& tree) {
  const bool has_bzimage = fs::exists(bzimage), has_vmlinux = fs::exists(vmlinux);
  const bool stale =
      has_bzimage && has_vmlinux && fs::last_write_time(bzimage) < fs::last_write_time(vmlinux);
  Located found{.image = has_bzimage && !stale ? bzimage : vmlinux,
                .root = {},
                .build_tree = tree,
                .note = ""};
  if (stale) found.note = fmt::format("{} is older than vmlinux: using vmlinux", bzimage.string());
  return found;
}

Located locate_in_directory(const fs::path& directory) {
  const fs::path bzimage = directory / "arch/x86/boot/bzImage", vmlinux = directory / "vmlinux";
  if (fs::exists(bzimage) || fs::exists(vmlinux)) return newer_of(bzimage, vmlinux, directory);
  if (fs::exists(directory / "Kconfig"))
    throw ConfigError(
        fmt::format("{} is a kernel source tree that has not been built", directory.string()),
        "build it (`make bzImage modules`), or give its O= directory");
  if (!kernels_in_root(directory).empty()) return locate_in_root(directory);
  throw ConfigError(
      fmt::format("{} holds neither arch/x86/boot/bzImage, vmlinux nor boot/vmlinuz-*",
                  directory.string()),
      "give a kernel build tree, an unpacked package, a bzImage, a vmlinux, a .deb or a .rpm");
}

Located locate_file(const fs::path& file) {
  const fs::path boot = fs::absolute(file).parent_path();
  const bool installed =
      boot.filename() == "boot" && file.filename().string().starts_with("vmlinuz-");
  return {.image = file, .root = installed ? boot.parent_path() : "", .build_tree = {}, .note = ""};
}

static fs::path if_exists(fs::path path) {
  return fs::exists(path) ? std::move(path) : fs::path();
}

fs::path debug_vmlinux(const std::string& release) {
  return fs::path("usr/lib/debug/boot") / ("vmlinux-" + release);
}

fs::path modules_of(const Located& kernel, const std::string& release) {
  if (!kernel.build_tree.empty()) return kernel.build_tree;
  if (kernel.root.empty()) return {};
  const fs::path modules = if_exists(kernel.root / "lib/modules" / release);
  return modules.empty() ? if_exists(kernel.root / "usr/lib/modules" / release) : modules;
}

fs::path config_of(const Located& kernel, const std::string& release) {
  if (!kernel.build_tree.empty()) return if_exists(kernel.build_tree / ".config");
  if (kernel.root.empty()) return {};
  const fs::path config = if_exists(kernel.root / "boot" / ("config-" + release));
  return config.empty() ? if_exists(kernel.image.parent_path() / "config") : config;
}

// "" for what is no ELF file, or has none.
static std::string build_id_of(const fs::path& file) {
  const auto elf = formats::ElfFile::open(file);
  return elf ? elf->build_id() : "";
}

fs::path vmlinux_of(const Located& kernel, const std::string& release, const fs::path& boot_file) {
  std::vector<fs::path> candidates{kernel.image};
  if (!kernel.build_tree.empty()) candidates = {kernel.build_tree / "vmlinux"};
  if (!kernel.root.empty())
    candidates = {kernel.root / debug_vmlinux(release),
                  kernel.root / "usr/lib/debug/lib/modules" / release / "vmlinux"};
  const std::string wanted = build_id_of(boot_file);
  const auto fits = [&](const fs::path& file) {
    if (!fs::exists(file)) return false;
    const std::string id = build_id_of(file);
    return !id.empty() && (wanted.empty() || id == wanted);
  };
  const auto found = std::ranges::find_if(candidates, fits);
  if (found != candidates.end()) return *found;
  const fs::path installed = "/" / debug_vmlinux(release);
  return !wanted.empty() && fits(installed) ? installed : fs::path();
}

}  // namespace kproof::kernel
