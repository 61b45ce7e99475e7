#include "source/base.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "kernel/package.hpp"
#include "source/space.hpp"
#include "util/error.hpp"
#include "util/hash.hpp"
#include "util/subprocess.hpp"

namespace kproof::source {
namespace fs = std::filesystem;
using namespace std::chrono_literals;

static std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  return text;
}

// Tarballs of kernels hold one directory with all in it.
static void unpack_tarball(const fs::path& tarball, const fs::path& directory) {
  const auto result = util::run({.argv = {"tar", "-x", "--no-same-owner", "--strip-components=1",
                                          "-C", directory.string(), "-f", tarball.string()},
                                 .deadline = 30min});
  if (result.err.find("No space left") != std::string::npos)
    throw HostError(fmt::format("cannot unpack {}: {}", tarball.string(), full_disk({directory})),
                    "a kernel's source needs 1.5 GB, its build as much; set KPROOF_CACHE");
  if (!result.ok())
    throw ConfigError(fmt::format("cannot unpack {}:\n{}", tarball.string(), trimmed(result.err)));
  for (const char* part : {"Kconfig", "Makefile", "arch/x86/Kconfig"})
    if (!fs::exists(directory / part))
      throw ConfigError(fmt::format("{} is no kernel source: it has no {}", tarball.string(), part),
                        "its files must lie in one top directory, as kernel.org packs them");
}

static Base of_tarball(const model::Tarball& tarball) {
  if (!fs::is_regular_file(tarball.file))
    throw ConfigError(fmt::format("there is no tarball {}", tarball.file.string()));
  const fs::path file = fs::absolute(tarball.file);
  return {"tar-" + util::hash_file(file), file.string(),
          [file](const fs::path& directory) { unpack_tarball(file, directory); }};
}

static Base of_package(const model::SourcePackage& package, const fs::path& kernels,
                       const kernel::Progress& say) {
  const auto archive = kernel::fetch_source_package(kernels, package.package, say);
  return {archive.package.identity, archive.package.origin,
          [file = archive.tarball](const fs::path& directory) { unpack_tarball(file, directory); }};
}

// Without locks git also refreshes no index: nothing of the user's changes.
static util::CommandResult git(const fs::path& repository, std::vector<std::string> argv) {
  argv.insert(argv.begin(),
              {"env", "LC_ALL=C", "git", "--no-optional-locks", "-C", repository.string()});
  return util::run({.argv = std::move(argv), .deadline = 10min});
}

static std::string commit_of(const fs::path& repository, const std::string& revision) {
  const auto found = git(
      repository, {"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"});
  if (found.ok()) return trimmed(found.out);
  const auto shallow = git(repository, {"rev-parse", "--is-shallow-repository"});
  if (!shallow.ok())
    throw ConfigError(
        fmt::format("{} is no git tree: {}", repository.string(), trimmed(shallow.err)));
  const bool is_shallow = shallow.out == "true\n";
  throw ConfigError(
      fmt::format("{} has no revision `{}`{}", repository.string(), revision,
                  is_shallow ? "; it is a shallow clone and lacks most of its history" : ""),
      is_shallow ? fmt::format("`git -C {} fetch --unshallow`, or fetch that revision",
                               repository.string())
                 : fmt::format("`git -C {} fetch --tags`?", repository.string()));
}

static void check_clean(const model::GitRevision& tree, const kernel::Progress& say) {
  const auto status = git(tree.repository, {"status", "--porcelain", "--untracked-files=no"});
  if (!status.ok() || status.out.empty()) return;  // bare: nothing can be uncommitted
  const auto changed = std::count(status.out.begin(), status.out.end(), '\n');
  const std::string fact =
      fmt::format("{} has uncommitted changes in {} {}", tree.repository.string(), changed,
                  changed == 1 ? "file" : "files");
  if (tree.revision.empty())
    throw ConfigError(fmt::format("{}, and a build takes what is committed", fact),
                      "commit them, or name a revision (`HEAD` builds without them)");
  say(fmt::format("{}; {} is built without them", fact, tree.revision));
}

static void unpack_commit(const fs::path& repository, const std::string& commit,
                          const fs::path& directory) {
  const fs::path archive = directory / ".kproof.tar";
  const auto made = git(repository, {"archive", "--format=tar", "--prefix=linux/",
                                     "--output=" + archive.string(), commit});
  if (made.err.find("No space left") != std::string::npos)
    throw HostError(fmt::format("cannot write {}: {}", archive.string(), full_disk({directory})),
                    "a kernel's source needs 3 GB while it is taken from git; set KPROOF_CACHE");
  if (!made.ok())
    throw ConfigError(
        fmt::format("git cannot give {} of {}: {}", commit, repository.string(), trimmed(made.err)),
        "a partial or shallow clone may lack its files: fetch them");
  unpack_tarball(archive, directory);
  fs::remove(archive);
}

static Base of_git(const model::GitRevision& tree, const kernel::Progress& say) {
  if (!fs::is_directory(tree.repository))
    throw ConfigError(fmt::format("there is no directory {}", tree.repository.string()));
  const fs::path repository = fs::absolute(tree.repository);
  const std::string commit = commit_of(repository, tree.revision.empty() ? "HEAD" : tree.revision);
  check_clean(tree, say);
  const std::string revision = tree.revision.empty() ? "HEAD" : tree.revision;
  return {"git-" + commit,
          fmt::format("{} at {} ({})", repository.string(), revision, commit.substr(0, 12)),
          [repository, commit](const fs::path& directory) {
            unpack_commit(repository, commit, directory);
          }};
}

Base find_base(const model::BuildSource& source, const fs::path& kernels,
               const kernel::Progress& say) {
  if (const auto* package = std::get_if<model::SourcePackage>(&source.tree))
    return of_package(*package, kernels, say);
  if (const auto* tarball = std::get_if<model::Tarball>(&source.tree)) return of_tarball(*tarball);
  return of_git(std::get<model::GitRevision>(source.tree), say);
}

}  // namespace kproof::source
