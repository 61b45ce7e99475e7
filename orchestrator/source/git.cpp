#include "source/git.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "source/configure.hpp"
#include "source/git_files.hpp"
#include "source/kernel_parts.hpp"
#include "source/snapshot.hpp"
#include "source/space.hpp"
#include "source/tree.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/git.hpp"
#include "util/hash.hpp"
#include "util/text.hpp"
#include "util/units.hpp"

namespace kproof::source {
namespace fs = std::filesystem;
using util::git;

static void check_clean(const model::GitRevision& tree, const kernel::Progress& say) {
  const auto status = git(tree.repository, {"status", "--porcelain", "--untracked-files=no"});
  if (!status.ok() || status.out.empty()) return;  // bare: nothing can be uncommitted
  const auto changed = std::count(status.out.begin(), status.out.end(), '\n');
  const std::string fact =
      fmt::format("{} has uncommitted changes in {} {}", tree.repository.string(), changed,
                  changed == 1 ? "file" : "files");
  if (tree.revision.empty())
    throw ConfigError(fmt::format("{}, and a build takes what is committed", fact),
                      "commit them, name a revision (`HEAD` builds without them), or build the "
                      "files as they are: `directory:` in place of `git:`");
  say(fmt::format("{}; {} is built without them", fact, tree.revision));
}

static void check_is_kernel(const fs::path& repository, const std::string& commit) {
  if (const std::string part = missing_part(repository, commit); !part.empty())
    throw ConfigError(fmt::format("{} at {} is no kernel source: it has no {}", repository.string(),
                                  commit.substr(0, 12), part),
                      "or a partial clone lacks that file: fetch it");
}

static void check_out(const fs::path& tree, const fs::path& repository, const std::string& commit,
                      int stop_fd) {
  const fs::path holds = tree / "commit";
  if (fs::exists(holds) && util::read_file(holds) == commit) return;
  fs::create_directories(tree / "source");
  forget_patches(tree);
  util::write_file_atomically(holds, "");
  fs::remove(tree / "index.lock");  // of a git that was killed; the tree's lock is ours
  const GitFiles where{.files = tree / "source",
                       .repository = {"-C", repository.string()},
                       .index = tree / "index",
                       .stop_fd = stop_fd,
                       .doing = "git checked out " + repository.string()};
  // Files that a patch touched and that are what they were again keep their times.
  git(where, {"update-index", "-q", "--refresh"});
  const auto moved = git(where, {"read-tree", "--no-sparse-checkout", "--reset", "-u", commit});
  if (moved.err.find("No space left") != std::string::npos)
    throw HostError(fmt::format("cannot write {}: {}", tree.string(), full_disk({tree})),
                    "a kernel's source needs 1.5 GB, its build as much; set KPROOF_CACHE");
  if (!moved.ok())
    throw ConfigError(fmt::format("git cannot give {} of {}: {}", commit, repository.string(),
                                  util::chomp(moved.err)),
                      "a partial or shallow clone may lack its files: fetch them");
  util::write_file_atomically(holds, commit);
}

// "100644 blob 5f8d...\tmm/Kconfig", a file each.
static std::string shape_of(const fs::path& repository, const std::string& commit) {
  const auto files = git(repository, {"ls-tree", "-r", "-z", "--full-tree", commit});
  if (!files.ok()) return commit;
  util::Hasher hasher;
  std::istringstream entries(files.out);
  for (std::string entry; std::getline(entries, entry, '\0');)
    if (shapes_config(entry.substr(entry.find('\t') + 1))) hasher.add(entry);
  return hasher.hex();
}

static Base base_of(const fs::path& repository, const std::string& commit, const std::string& tree,
                    const std::string& origin, const kernel::Progress& say, int stop_fd) {
  return {.identity = "git-" + commit,
          .tree = tree,
          .origin = origin,
          .shape = [=] { return shape_of(repository, commit); },
          .check_out =
              [=](const fs::path& working) {
                if (!fs::exists(working / "source"))
                  say(fmt::format("checking out the source of {}", origin));
                check_out(working, repository, commit, stop_fd);
              }};
}

Base git_base(const model::GitRevision& tree, const kernel::Progress& say, int stop_fd) {
  if (!fs::is_directory(tree.repository))
    throw ConfigError(fmt::format("there is no directory {}", tree.repository.string()),
                      "name a git tree; a relative path begins where the plan is");
  const fs::path repository = fs::absolute(tree.repository);
  const std::string revision = tree.revision.empty() ? "HEAD" : tree.revision;
  const std::string commit = util::commit_of(repository, revision);
  check_is_kernel(repository, commit);
  check_clean(tree, say);
  return base_of(repository, commit, name_of_git_tree(repository),
                 fmt::format("{} at {} ({})", repository.string(), revision, commit.substr(0, 12)),
                 say, stop_fd);
}

static std::string told(const Snapshot& taken, const fs::path& directory) {
  const std::string as_it_is =
      fmt::format("{} as it is ({}", directory.string(), taken.commit.substr(0, 12));
  if (taken.head.empty()) return as_it_is + ")";
  if (taken.changed.empty())
    return fmt::format("{} at HEAD ({})", directory.string(), taken.head.substr(0, 12));
  return fmt::format("{}, {} changed since {})", as_it_is,
                     util::format_count(taken.changed.size(), "file"), taken.head.substr(0, 12));
}

// What is all committed is that commit, however it is named.
Base work_tree_base(const model::WorkTree& tree, const fs::path& kernels,
                    const kernel::Progress& say, int stop_fd) {
  const Snapshot taken = take_snapshot(tree.directory, kernels, say, stop_fd);
  const fs::path directory = fs::canonical(tree.directory);
  const bool committed = !taken.head.empty() && taken.changed.empty();
  return base_of(committed ? directory : taken.repository, committed ? taken.head : taken.commit,
                 taken.tree, told(taken, directory), say, stop_fd);
}

}  // namespace kproof::source
