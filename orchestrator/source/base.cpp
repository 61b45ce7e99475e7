#include "source/base.hpp"

#include <fmt/format.h>

#include "kernel/package.hpp"
#include "source/git.hpp"
#include "source/kernel_parts.hpp"
#include "source/space.hpp"
#include "util/error.hpp"
#include "util/hash.hpp"
#include "util/subprocess.hpp"
#include "util/text.hpp"

namespace kproof::source {
namespace fs = std::filesystem;
using namespace std::chrono_literals;

// Tarballs of kernels hold one directory with all in it.
// Root's tar would give files any owner and set-user-ID.
static void unpack_tarball(const fs::path& tarball, const fs::path& directory, int stop_fd) {
  const auto result =
      util::run({.argv = {"tar", "-x", "--no-same-owner", "--no-same-permissions",
                          "--strip-components=1", "-C", directory.string(), "-f", tarball.string()},
                 .deadline = 30min,
                 .stop_fd = stop_fd});
  util::require_not_stopped(result, "unpacking " + tarball.string());
  if (result.err.find("No space left") != std::string::npos)
    throw HostError(fmt::format("cannot unpack {}: {}", tarball.string(), full_disk({directory})),
                    "a kernel's source needs 1.5 GB, its build as much; set KPROOF_CACHE");
  if (!result.ok())
    throw ConfigError(
        fmt::format("cannot unpack {}:\n{}", tarball.string(), util::chomp(result.err)));
  if (const std::string part = missing_part(directory); !part.empty())
    throw ConfigError(fmt::format("{} is no kernel source: it has no {}", tarball.string(), part),
                      "its files must lie in one top directory, as kernel.org packs them");
}

// A tarball never changes, so what is there is it.
static Base unpacked(const std::string& identity, const std::string& origin,
                     const fs::path& tarball, const kernel::Progress& say, int stop_fd) {
  return {.identity = identity,
          .tree = identity,
          .origin = origin,
          .shape = [identity] { return identity; },
          .check_out =
              [tarball, origin, say, stop_fd](const fs::path& tree) {
                kernel::make_once(
                    tree / "source", say,
                    [&](const fs::path& draft) {
                      say(fmt::format("unpacking the source of {}", origin));
                      unpack_tarball(tarball, draft, stop_fd);
                    },
                    stop_fd);
              }};
}

static Base of_tarball(const model::Tarball& tarball, const kernel::Progress& say, int stop_fd) {
  if (!fs::is_regular_file(tarball.file))
    throw ConfigError(fmt::format("there is no tarball {}", tarball.file.string()),
                      "a relative path begins where the plan is");
  const fs::path file = fs::absolute(tarball.file);
  return unpacked("tar-" + util::hash_file(file), file.string(), file, say, stop_fd);
}

static Base of_package(const model::SourcePackage& package, const fs::path& kernels,
                       const kernel::Progress& say, int stop_fd) {
  const auto archive = kernel::fetch_source_package(kernels, package.package, say, stop_fd);
  return unpacked(archive.package.identity, archive.package.origin, archive.tarball, say, stop_fd);
}

Base find_base(const model::BuildSource& source, const fs::path& kernels,
               const kernel::Progress& say, int stop_fd) {
  if (const auto* package = std::get_if<model::SourcePackage>(&source.tree))
    return of_package(*package, kernels, say, stop_fd);
  if (const auto* tarball = std::get_if<model::Tarball>(&source.tree))
    return of_tarball(*tarball, say, stop_fd);
  if (const auto* work = std::get_if<model::WorkTree>(&source.tree))
    return work_tree_base(*work, kernels, say, stop_fd);
  return git_base(std::get<model::GitRevision>(source.tree), say, stop_fd);
}

}  // namespace kproof::source
