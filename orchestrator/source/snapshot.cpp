#include "source/snapshot.hpp"

#include <array>
#include <optional>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cache/use.hpp"
#include "source/space.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/git.hpp"
#include "util/hash.hpp"
#include "util/subprocess.hpp"
#include "util/text.hpp"

namespace kproof::source {
namespace fs = std::filesystem;
using namespace std::chrono_literals;

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
    util::run_checked({.argv = {"git", "init", "-q", "--bare", path_.string()},
                       .inherit = util::Command::Inherit::plain});
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

  std::vector<std::string> changed(const std::string& from, const std::string& to) const {
    std::vector<std::string> files;
    std::istringstream names(git({"diff-tree", "-r", "-z", "--name-only", from, to}));
    for (std::string name; std::getline(names, name, '\0');)
      files.push_back(name);
    return files;
  }

 private:
  std::string git(const std::vector<std::string>& words) const;

  const fs::path path_, files_;
  const int stop_fd_;
};
}  // namespace

// Without what the user's settings would do to the files. Author and date are always the same, so
// that a commit is its files.
std::string Repository::git(const std::vector<std::string>& words) const {
  std::vector<std::string> argv{"git"};
  for (const char* setting :
       {"core.autocrlf=false", "core.fsmonitor=false", "core.hooksPath=/dev/null",
        "core.splitIndex=false", "core.fileMode=true", "core.looseCompression=1", "gc.auto=0",
        "advice.addEmbeddedRepo=false"})
    argv.insert(argv.end(), {"-c", setting});
  argv.insert(argv.end(), {"--git-dir=" + path_.string(), "--work-tree=" + files_.string()});
  argv.insert(argv.end(), words.begin(), words.end());
  const auto result = util::run({.argv = std::move(argv),
                                 .directory = files_,
                                 .deadline = 30min,
                                 .output_limit = std::size_t{1} << 30,
                                 .stop_fd = stop_fd_,
                                 .inherit = util::Command::Inherit::plain,
                                 .environment = {{"LC_ALL", "C"},
                                                 {"GIT_AUTHOR_NAME", "kproof"},
                                                 {"GIT_AUTHOR_EMAIL", "kproof"},
                                                 {"GIT_AUTHOR_DATE", "@0 +0000"},
                                                 {"GIT_COMMITTER_NAME", "kproof"},
                                                 {"GIT_COMMITTER_EMAIL", "kproof"},
                                                 {"GIT_COMMITTER_DATE", "@0 +0000"}}});
  util::require_not_stopped(result, "git read " + files_.string());
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

static constexpr std::array kParts{"Kconfig", "Makefile", "arch/x86/Kconfig"};

// A .gitignore may say that a tree has no files.
static void require_kernel_in(const Snapshot& taken, const fs::path& directory) {
  for (const char* part : kParts)
    if (!util::git(taken.repository, {"cat-file", "-e", fmt::format("{}:{}", taken.commit, part)})
             .ok())
      throw ConfigError(
          fmt::format("git ignores {} of {}", part, directory.string()),
          fmt::format("`git -C {} check-ignore -v {}` says why", directory.string(), part));
}

static void require_kernel_source(const fs::path& directory) {
  if (!fs::is_directory(directory))
    throw ConfigError(fmt::format("there is no directory {}", directory.string()),
                      "name a source tree; a relative path begins where the plan is");
  for (const char* part : kParts)
    if (!fs::exists(directory / part))
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
  if (!taken.head.empty()) taken.changed = repository.changed(taken.head, taken.commit);
  return taken;
}

}  // namespace kproof::source
