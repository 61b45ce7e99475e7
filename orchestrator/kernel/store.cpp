#include "kernel/store.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "kernel/boot_image.hpp"
#include "kernel/kconfig.hpp"
#include "kernel/located.hpp"
#include "kernel/package.hpp"
#include "kernel/sniff.hpp"
#include "util/error.hpp"
#include "util/hash.hpp"

namespace kproof::kernel {
namespace fs = std::filesystem;
using model::KernelArtifact;
using model::KernelSpec;

namespace {
// A kernel found, before its image has been looked into.
struct Candidate {
  Located located;
  std::string origin;
  std::string modules_identity;  // "": by the files' sizes and times
};
}  // namespace

fs::path default_cache() {
  const auto set = [](const char* name) {
    const char* value = std::getenv(name);
    return value && *value ? value : nullptr;
  };
  if (const char* cache = set("KPROOF_CACHE")) return cache;
  if (const char* cache = set("XDG_CACHE_HOME")) return fs::path(cache) / "kproof";
  if (::geteuid() == 0) return "/var/cache/kproof";
  if (const char* home = set("HOME")) return fs::path(home) / ".cache/kproof";
  throw HostError("there is no place for a cache: HOME is not set", "set KPROOF_CACHE");
}

Store::Store(const fs::path& cache, Progress progress, int stop_fd)
    : kernels_(fs::absolute(cache) / "kernels"), progress_(std::move(progress)), stop_fd_(stop_fd) {
  if (!progress_) progress_ = [](std::string_view) {};
}

static bool is_module(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.ends_with(".ko") || name.find(".ko.") != std::string::npos;
}

static std::string identity_of_files(const fs::path& directory) {
  std::set<std::string> lines;
  if (directory.empty()) return "";
  for (const auto& file : fs::recursive_directory_iterator(directory))
    if (is_module(file.path()) && file.is_regular_file())
      lines.insert(fmt::format("{} {} {}", file.path().lexically_relative(directory).string(),
                               file.file_size(),
                               file.last_write_time().time_since_epoch().count()));
  util::Hasher hasher;
  for (const std::string& line : lines)
    hasher.add(line);
  return hasher.hex();
}

static FileKind kind_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string head(64, '\0');
  in.read(head.data(), 64);
  return sniff(head, 64).kind;
}

static Candidate of_package(const UnpackedPackage& package, const std::string& origin) {
  return {.located = locate_in_root(package.root),
          .origin = origin,
          .modules_identity = package.identity};
}

static Candidate find_path(const fs::path& cache, const fs::path& given, const Progress& progress,
                           int stop_fd) {
  // An artifact outlives our working directory.
  const fs::path path = fs::absolute(given).lexically_normal();
  if (!fs::exists(path))
    throw ConfigError(
        fmt::format("{} does not exist", path.string()),
        "name a bzImage, a vmlinux, a build tree, a .deb or a .rpm; a relative path begins "
        "where the plan is");
  if (fs::is_directory(path)) return {locate_in_directory(path), path.string(), ""};
  if (!fs::is_regular_file(path))
    throw ConfigError(fmt::format("{} is neither a file nor a directory", path.string()));
  const FileKind kind = kind_of(path);
  if (kind != FileKind::deb && kind != FileKind::rpm) return {locate_file(path), path.string(), ""};
  const UnpackedPackage package = kind == FileKind::deb ? unpack_deb(cache, path, progress, stop_fd)
                                                        : unpack_rpm(cache, path, progress);
  return of_package(package, fmt::format("{} ({})", path.string(), package.origin));
}

static Candidate find(const fs::path& cache, const KernelSpec& spec, const Progress& progress,
                      int stop_fd) {
  if (const auto* path = std::get_if<model::PathSource>(&spec.source))
    return find_path(cache, path->path, progress, stop_fd);
  if (std::holds_alternative<model::BuildSource>(spec.source))
    throw std::logic_error("source/ builds this kernel first");
  const auto package =
      fetch_package(cache, std::get<model::PackageSource>(spec.source).package, progress, stop_fd);
  return of_package(package, package.origin);
}

// " (built by Debian clang version 14.0.6)": worth saying, as its code is other code.
static std::string clang_of(const fs::path& config) {
  const Kconfig built = Kconfig::load(config);
  if (built.enabled("CC_IS_CLANG") != Setting::yes) return "";
  return fmt::format(" (built by {})", built.value("CC_VERSION_TEXT").value_or("clang"));
}

static KernelArtifact assemble(const KernelSpec& spec, const Candidate& kernel,
                               const BootImage& image) {
  KernelArtifact artifact{.name = spec.name,
                          .label = spec.label,
                          .release = image.release,
                          .origin = kernel.origin,
                          .boot_file = image.boot_file,
                          .pvh = image.pvh,
                          .modules_dir = modules_of(kernel.located, image.release),
                          .config = config_of(kernel.located, image.release),
                          .vmlinux = vmlinux_of(kernel.located, image.release, image.boot_file),
                          .identity = ""};
  if (artifact.config.empty()) artifact.config = image.config;
  artifact.origin += clang_of(artifact.config);
  const std::string modules = kernel.modules_identity.empty()
                                  ? identity_of_files(artifact.modules_dir)
                                  : kernel.modules_identity;
  artifact.identity = util::Hasher().add(image.content).add(image.release).add(modules).hex();
  return artifact;
}

KernelArtifact Store::fetch(const KernelSpec& spec) const {
  const auto blame = [&spec](const char* what) {
    const std::string place = spec.place.empty() ? "" : spec.place + ": ";
    return fmt::format("{}kernel {}: {}", place, spec.name, what);
  };
  try {
    const Candidate kernel = find(kernels_, spec, progress_, stop_fd_);
    if (!kernel.located.note.empty()) progress_(kernel.located.note);
    return assemble(spec, kernel,
                    prepare_boot_image(kernels_ / "images", kernel.located.image, progress_));
  } catch (const ConfigError& error) {
    throw ConfigError(blame(error.what()), error.hint());
  } catch (const Interrupted&) {
    throw;
  } catch (const HostError& error) {
    throw HostError(blame(error.what()), error.hint());
  } catch (const fs::filesystem_error& error) {
    throw HostError(blame(error.what()));
  } catch (const nlohmann::json::exception& error) {  // entries are whole: somebody edited one
    throw HostError(blame(error.what()), fmt::format("delete {}", kernels_.string()));
  }
}

}  // namespace kproof::kernel
