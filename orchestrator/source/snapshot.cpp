#include "source/snapshot.hpp"

#include <array>
#include <optional>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cache/use.hpp"
#include "source/git_files.hpp"
#include "source/kernel_parts.hpp"
#include "source/space.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/git.hpp"
#include "util/hash.hpp"
#include "util/subprocess.hpp"
#include "util/text.hpp"

namespace kproof::source {
namespace fs = std::filesystem;

// What make leaves in a tree, and kproof.
static constexpr std::array kLeftByMake{"*.o",
                                        "*.a",
                                        "*.ko",
                                        "*.mod",
                                        "*.mod.c",
                                        "*.order",
                                        "*.symvers",
                                        ".*.cmd",
                                        ".*.d",
                                        "/.config",
                                        "/.config.old",
                                        "/.git",
                                        "/.tmp_*",
                                        "/.version",
                                        "/.vmlinux*",
                                        "/System.map",
                                        "/vmlinux",
                                        "/vmlinux.*",
                                        "/include/config/",
                                        "/include/generated/",
                                        "/kproof-out/",
                                        "/arch/*/include/generated/",
                                        "/arch/*/boot/*Image"};

// For git's command line: "*.o" is of any directory, and "/x/" is x and all in it.
static std::string pathspec(std::string_view pattern) {
  if (!pattern.starts_with('/')) return fmt::format(":(exclude,glob)**/{}", pattern);
  pattern.remove_prefix(1);
  return fmt::format(":(exclude,glob){}{}", pattern, pattern.ends_with('/') ? "**" : "");
}

namespace {
// The user's own repository, where the directory is one's work tree.
struct Own {
  fs::path common;   // its objects and info/exclude
  std::string head;  // ""
};

class Repository {
 public:
  Repository(fs::path path, fs::path files, int stop_fd)
      : path_(std::move(path)), files_(std::move(files)), stop_fd_(stop_fd) {}

  void make(const std::optional<Own>& own) const {
    fs::create_directories(path_.parent_path());
    util::run_checked(util::git_command({"git", "init", "-q", "--bare", path_.string()}));
    fs::remove(path_ / "index.lock");  // of a git that was killed; the lock is ours
    util::write_file_atomically(path_ / "objects/info/alternates",
                                own ? (own->common / "objects").string() + "\n" : "");
    util::write_file_atomically(path_ / "info/exclude",
                                fmt::format("{}\n", fmt::join(kLeftByMake, "\n")) +
                                    (own ? util::read_if_there(own->common / "info/exclude") : ""));
  }

  // What HEAD has stays known though something ignores it, and what is unchanged is not read again.
  void add_files(const std::optional<Own>& own) const {
    if (own) {
      if (!own->head.empty()) git({"read-tree", "-i", "-m", own->head});
      git({"add", "--all"});
      return;
    }
    std::vector<std::string> words{"add", "--all", "--force", "--", "."};
    for (const char* pattern : kLeftByMake)
      words.push_back(pathspec(pattern));
    git(words);
  }

  std::string commit_files() const {
    const std::string tree = util::chomp(git({"write-tree"}));
    return util::chomp(git({"commit-tree", "-m", "as it is", tree}));
  }

 private:
  std::string git(const std::vector<std::string>& words) const;

  const fs::path path_, files_;
  const int stop_fd_;
};
}  // namespace

std::string Repository::git(const std::vector<std::string>& words) const {
  const auto result = source::git({.files = files_,
                                   .repository = {"--git-dir=" + path_.string()},
                                   .index = path_ / "index",
                                   .stop_fd = stop_fd_,
                                   .doing = "git read " + files_.string()},
                                  words);
  if (result.ok()) return result.out;
  if (result.err.find("No space left") != std::string::npos)
    throw HostError(fmt::format("cannot read {}: {}", files_.string(), full_disk({path_})),
                    "free some space there, or set KPROOF_CACHE");
  throw ConfigError(
      fmt::format("git cannot read {}: {}", files_.string(), util::chomp(result.err)));
}

static std::optional<Own> find_own(const fs::path& directory) {
  const auto found = util::git(
      directory, {"rev-parse", "--path-format=absolute", "--show-toplevel", "--git-common-dir"});
  std::istringstream lines(found.out);
  std::string top, common;
  if (!found.ok() && fs::exists(directory / ".git"))  // owned by another user, or broken
    throw ConfigError(fmt::format("{}: {}", directory.string(), util::chomp(found.err)));
  if (!found.ok() || !std::getline(lines, top) || !std::getline(lines, common)) return {};
  std::error_code none;
  if (!fs::equivalent(top, directory, none)) return {};  // a directory of something larger
  const auto head = util::git(directory, {"rev-parse", "--verify", "--quiet", "HEAD^{commit}"});
  return Own{common, head.ok() ? util::chomp(head.out) : ""};
}

std::string name_of_git_tree(const fs::path& repository) {
  const auto found =
      util::git(repository, {"rev-parse", "--path-format=absolute", "--git-common-dir"});
  if (!found.ok())
    throw ConfigError(fmt::format("{}: {}", repository.string(), util::chomp(found.err)));
  return "git-" + util::Hasher().add(fs::canonical(util::chomp(found.out)).string()).hex();
}

// A .gitignore may say that a tree has no files.
static void require_kernel_in(const Snapshot& taken, const fs::path& directory) {
  if (const std::string part = missing_part(taken.repository, taken.commit); !part.empty())
    throw ConfigError(
        fmt::format("git ignores {} of {}", part, directory.string()),
        fmt::format("`git -C {} check-ignore -v {}` says why", directory.string(), part));
}

static void require_kernel_source(const fs::path& directory) {
  if (!fs::is_directory(directory))
    throw ConfigError(fmt::format("there is no directory {}", directory.string()),
                      "name a source tree; a relative path begins where the plan is");
  if (const std::string part = missing_part(directory); !part.empty())
    throw ConfigError(
        fmt::format("{} is no kernel source: it has no {}", directory.string(), part));
}

Snapshot take_snapshot(const fs::path& given, const fs::path& kernels, const kernel::Progress& say,
                       int stop_fd) {
  require_kernel_source(given);
  const fs::path directory = fs::canonical(given);
  const auto own = find_own(directory);
  Snapshot taken{.tree = own ? name_of_git_tree(directory)
                             : "dir-" + util::Hasher().add(directory.string()).hex(),
                 .head = own ? own->head : ""};
  const fs::path tree = kernels / "trees" / taken.tree;
  fs::create_directories(tree.parent_path());
  cache::use(tree);
  fs::create_directories(tree);
  const auto lock = util::FileLock::acquire(tree / ".snapshot", stop_fd);
  taken.repository = tree / "snapshot.git";
  if (!fs::exists(taken.repository / "index"))
    say(fmt::format("reading all files of {}, this once", directory.string()));
  const Repository repository(taken.repository, directory, stop_fd);
  repository.make(own);
  repository.add_files(own);
  taken.commit = repository.commit_files();
  require_kernel_in(taken, directory);
  if (!taken.head.empty())
    taken.changed = util::files_that_differ(taken.repository, taken.head, taken.commit);
  return taken;
}

}  // namespace kproof::source
