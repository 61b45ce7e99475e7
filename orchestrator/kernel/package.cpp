#include "kernel/package.hpp"

#include <algorithm>
#include <fstream>
#include <functional>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "formats/rpm.hpp"
#include "kernel/apt.hpp"
#include "kernel/located.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/hash.hpp"
#include "util/subprocess.hpp"

namespace kproof::kernel {
namespace fs = std::filesystem;
using nlohmann::json;
using namespace std::chrono_literals;

// Changes whenever apt's choice of a candidate may: after `apt-get update`, a change of sources or
// preferences, an installation.
static std::string state_of_apt() {
  std::vector<fs::path> files{"/var/lib/dpkg/status"};
  std::error_code ignored;  // a directory that is not there has nothing to say
  for (const char* dir : {"/var/lib/apt/lists", "/etc/apt", "/etc/apt/sources.list.d",
                          "/etc/apt/preferences.d", "/etc/apt/apt.conf.d"})
    for (const auto& file : fs::directory_iterator(dir, ignored))
      if (file.is_regular_file(ignored)) files.push_back(file.path());
  std::sort(files.begin(), files.end());

  util::Hasher hasher;
  for (const fs::path& file : files) {
    const auto modified = fs::last_write_time(file, ignored).time_since_epoch().count();
    hasher.add(file.string()).add(std::to_string(modified));
    hasher.add(std::to_string(fs::file_size(file, ignored)));
  }
  return hasher.hex();
}

static std::optional<PackageRecord> show(const std::string& package) {
  const auto result =
      util::run({.argv = {"apt-cache", "show", "--no-all-versions", "--", package}});
  const auto records = parse_show(result.out);
  return result.ok() && !records.empty() ? std::optional(records.front()) : std::nullopt;
}

static std::vector<std::string> names_of(const std::string& kind) {
  const auto names = util::run({.argv = {"apt-cache", "pkgnames", kind}}).out;
  std::vector<std::string> known;
  for (std::size_t at = 0, end = 0; (end = names.find('\n', at)) != std::string::npos; at = end + 1)
    known.push_back(names.substr(at, end - at));
  return known;
}

static std::string next_step(const std::string& package) {
  const std::string kind = package.starts_with("linux-s") ? "linux-source" : "linux-image";
  std::vector<std::string> known = names_of(kind);
  if (known.empty()) return "apt has no package lists: run `apt-get update`";
  const auto close = close_names(package, std::move(known));
  if (close.empty())
    return fmt::format("run `apt-get update`, or look with `apt-cache search {}`", kind);
  return fmt::format("did you mean {}? If it is new, run `apt-get update`",
                     fmt::join(close, " or "));
}

static constexpr std::string_view kDebian = "debian:";  // and a version: "debian:6.12"

static std::string package_of_version(const std::string& version) {
  const auto names = names_of("linux-image-");
  if (auto name = newest_image(version, names)) return *name;
  const auto there = image_versions(names);
  throw ConfigError(
      fmt::format("apt knows no kernel {} of Debian's", version),
      there.empty() ? "apt has no package lists: run `apt-get update`"
                    : fmt::format("there are debian:{}; or run `apt-get update`, with backports in "
                                  "/etc/apt/sources.list.d for newer ones",
                                  fmt::join(there, ", debian:")));
}

static PackageRecord ask_apt(const std::string& asked) {
  const std::string package =
      asked.starts_with(kDebian) ? package_of_version(asked.substr(kDebian.size())) : asked;
  if (!is_package_name(package))
    throw ConfigError(fmt::format("\"{}\" is not a package name", package));
  try {
    return follow_to_kernel(package, show);
  } catch (const ConfigError& error) {
    throw ConfigError(error.what(), next_step(package));
  }
}

// What ask_apt() said while apt was as it is now; asking takes half a second each time.
static PackageRecord resolve(const fs::path& cache, const std::string& package) {
  const std::string apt = state_of_apt();
  const fs::path memo = cache / "resolved" / (util::Hasher().add(package).hex() + ".json");
  if (fs::exists(memo)) {
    const json old = json::parse(util::read_file(memo), nullptr, false);
    if (old.is_object() && old.value("apt", "") == apt && old.value("asked", "") == package)
      return {.package = old.value("package", ""),
              .version = old.value("version", ""),
              .architecture = old.value("architecture", ""),
              .size = old.value("size", std::uint64_t{0}),
              .images = {}};
  }
  PackageRecord record = ask_apt(package);
  fs::create_directories(memo.parent_path());
  util::write_file_atomically(memo, json{{"apt", apt},
                                         {"asked", package},
                                         {"package", record.package},
                                         {"version", record.version},
                                         {"architecture", record.architecture},
                                         {"size", record.size}}
                                        .dump(2));
  return record;
}

static fs::path download(const PackageRecord& record, const fs::path& directory, int stop_fd) {
  util::Command command{.argv = {"apt-get", "-q", "download"},
                        .directory = directory,
                        .deadline = 60min,  // apt gives up by itself when a mirror is silent
                        .stop_fd = stop_fd};
  // As root apt would hand the download to the user _apt, who may not write here, and warn.
  if (::geteuid() == 0) command.argv.insert(command.argv.end(), {"-o", "APT::Sandbox::User=root"});
  command.argv.push_back(fmt::format("{}={}", record.package, record.version));
  const auto result = util::run(command);
  util::require_not_stopped(result, "fetching " + record.package);
  if (!result.ok())
    throw HostError(
        fmt::format("cannot download {} {}:\n{}", record.package, record.version, result.err),
        "is the mirror reachable? If the version is gone, run `apt-get update`");
  for (const auto& file : fs::directory_iterator(directory))
    if (file.path().extension() == ".deb") return file.path();
  throw HostError(fmt::format("apt-get download {} left no .deb", record.package));
}

// A kernel has none of these, and others could reach them in root's cache.
static void remove_privileges(const fs::path& root) {
  constexpr fs::perms kSpecial = fs::perms::set_uid | fs::perms::set_gid;
  for (const auto& file : fs::recursive_directory_iterator(root)) {
    const fs::file_status status = file.symlink_status();
    if (fs::is_block_file(status) || fs::is_character_file(status))
      fs::remove(file);
    else if (!fs::is_symlink(status) && (status.permissions() & kSpecial) != fs::perms::none)
      fs::permissions(file, kSpecial, fs::perm_options::remove);
  }
}

static void unpack(const fs::path& deb, const fs::path& root, int stop_fd) {
  const auto result = util::run({.argv = {"dpkg-deb", "-x", deb.string(), root.string()},
                                 .deadline = 10min,
                                 .stop_fd = stop_fd});
  util::require_not_stopped(result, "unpacking " + deb.filename().string());
  if (result.ok()) return remove_privileges(root);
  const std::string message =
      fmt::format("dpkg-deb cannot unpack {}:\n{}", deb.string(), result.err);
  if (result.err.find("No space left") != std::string::npos || result.timed_out || result.signal)
    throw HostError(message);
  throw ConfigError(message);
}

// Before it becomes an entry of the cache: other packages have no business there.
static void require_kernel(const fs::path& root, const std::string& origin) {
  if (!kernels_in_root(root).empty()) return;
  throw ConfigError(fmt::format("the package {} ships no vmlinuz, so it is no kernel", origin),
                    "`apt-cache search linux-image` lists those that do; Fedora's is kernel-core");
}

static fs::path find_tarball(const fs::path& root) {
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(root / "usr/src", ignored)) {
    const std::string name = file.path().filename().string();
    if (name.starts_with("linux-source-") && name.find(".tar.") != std::string::npos)
      return file.path();
  }
  return {};
}

static void require_source(const fs::path& root, const std::string& origin) {
  if (find_tarball(root).empty())
    throw ConfigError(fmt::format("the package {} ships no usr/src/linux-source-*.tar.*", origin),
                      "`apt-cache search linux-source` lists those that do");
}

using Require = void (*)(const fs::path& root, const std::string& origin);

static UnpackedPackage fetch(const fs::path& cache, const std::string& package,
                             const Progress& progress, int stop_fd, Require require) {
  const PackageRecord record = resolve(cache, package);
  const std::string origin = fmt::format("{} {}", record.package, record.version);
  std::string key = fmt::format("{}_{}_{}", record.package, record.version, record.architecture);
  std::replace(key.begin(), key.end(), ':', '%');  // of an epoch; qemu's options dislike colons
  const fs::path entry = cache / "packages" / key;
  const auto fill = [&](const fs::path& draft) {
    progress(fmt::format("fetching {} ({} MB)", origin, record.size / 1'000'000));
    const fs::path deb = download(record, draft, stop_fd);
    progress(fmt::format("unpacking {}", origin));
    unpack(deb, draft / "root", stop_fd);
    require(draft / "root", origin);
    fs::remove(deb);
  };
  make_once(entry, progress, fill, stop_fd);
  return {.root = entry / "root", .origin = origin, .identity = key};
}

UnpackedPackage fetch_package(const fs::path& cache, const std::string& package,
                              const Progress& progress, int stop_fd) {
  return fetch(cache, package, progress, stop_fd, require_kernel);
}

SourceArchive fetch_source_package(const fs::path& cache, const std::string& package,
                                   const Progress& progress, int stop_fd) {
  UnpackedPackage unpacked = fetch(cache, package, progress, stop_fd, require_source);
  fs::path tarball = find_tarball(unpacked.root);
  return {std::move(unpacked), std::move(tarball)};
}

static std::string name_and_version(const fs::path& deb) {
  const auto result = util::run(
      {.argv = {"dpkg-deb", "--show", "--showformat=${Package} ${Version}", deb.string()}});
  if (!result.ok())
    throw ConfigError(fmt::format("{} is a damaged package:\n{}", deb.string(), result.err));
  return result.out;
}

static UnpackedPackage unpack_file(const fs::path& cache, const fs::path& file,
                                   const std::function<std::string(const fs::path& root)>& unpack,
                                   const Progress& progress, int stop_fd) {
  const std::string content = util::hash_file(file);
  const fs::path entry = cache / "debs" / content;
  const auto fill = [&](const fs::path& draft) {
    progress(fmt::format("unpacking {}", file.filename().string()));
    fs::create_directories(draft / "root");
    const std::string origin = unpack(draft / "root");
    require_kernel(draft / "root", origin);
    util::write_file_atomically(draft / "origin", origin);
  };
  make_once(entry, progress, fill, stop_fd);
  return {.root = entry / "root", .origin = util::read_file(entry / "origin"), .identity = content};
}

UnpackedPackage unpack_deb(const fs::path& cache, const fs::path& deb, const Progress& progress,
                           int stop_fd) {
  const auto fill = [&](const fs::path& root) {
    std::string origin = name_and_version(deb);
    unpack(deb, root, stop_fd);
    return origin;
  };
  return unpack_file(cache, deb, fill, progress, stop_fd);
}

UnpackedPackage unpack_rpm(const fs::path& cache, const fs::path& rpm, const Progress& progress) {
  const auto fill = [&](const fs::path& root) {
    if (const auto done = formats::unpack_rpm(rpm, root); !done)
      throw ConfigError(fmt::format("{} is a damaged package: {}", rpm.string(), done.error()));
    constexpr std::size_t kHead = 96;
    std::string head(kHead, '\0');
    std::ifstream(rpm, std::ios::binary).read(head.data(), kHead);
    return formats::rpm_name(head);
  };
  return unpack_file(cache, rpm, fill, progress, -1);
}

}  // namespace kproof::kernel
