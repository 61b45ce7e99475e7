#include "desk/change.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "patch/load.hpp"
#include "source/snapshot.hpp"
#include "util/error.hpp"
#include "util/git.hpp"
#include "util/text.hpp"
#include "util/units.hpp"

namespace kproof::desk {
namespace fs = std::filesystem;
using Words = std::vector<std::string>;

static constexpr const char* kWhats =
    "nothing, a revision, a range A..B, or files of patches; `kproof help check` has examples";

namespace {
class Finder {
 public:
  Finder(const Tree& tree, const fs::path& kernels, const kernel::Progress& say, int stop_fd)
      : root_(tree.root), kernels_(kernels), say_(say), stop_fd_(stop_fd) {}
  Change between(const std::string& from, const std::string& to) const;
  Change of_revision(const std::string& revision) const;
  Change of_range(const std::string& range) const;
  Change of_patches(const Words& files) const;
  Change of_the_tree() const;

 private:
  State at(const std::string& revision) const;
  State as_it_is(const source::Snapshot& taken) const;
  std::string good_of_bisection() const;

  const fs::path root_, kernels_;
  const kernel::Progress& say_;
  const int stop_fd_;
};
}  // namespace

// What a kernel's config and build follow from is the commit, however it is named.
State Finder::at(const std::string& revision) const {
  const std::string commit = util::commit_of(root_, revision);
  const auto subject = util::git(root_, {"log", "-1", "--format=%h %s", commit});
  return {
      .tree = model::GitRevision{root_, commit}, .patches = {}, .label = util::chomp(subject.out)};
}

State Finder::as_it_is(const source::Snapshot& taken) const {
  if (!taken.head.empty() && taken.changed.empty()) {
    State state = at("HEAD");
    state.tree = model::WorkTree{root_};
    return state;
  }
  return {.tree = model::WorkTree{root_},
          .patches = {},
          .label = taken.head.empty()
                       ? "the tree as it is"
                       : util::format_count(taken.changed.size(), "file") + " changed"};
}

Change Finder::between(const std::string& from, const std::string& to) const {
  const std::string a = util::commit_of(root_, from), b = util::commit_of(root_, to);
  return {.before = at(a),
          .after = at(b),
          .files = util::files_that_differ(root_, a, b),
          .bisected = ""};
}

Change Finder::of_revision(const std::string& revision) const {
  const std::string commit = util::commit_of(root_, revision);
  if (!util::git(root_, {"rev-parse", "--verify", "--quiet", commit + "^"}).ok())
    throw ConfigError(fmt::format("{} has no commit before it here", revision),
                      "name a range, A..B, or fetch more of a shallow clone");
  return between(commit + "^", commit);
}

// A...B is what B has and their merge base has not.
Change Finder::of_range(const std::string& range) const {
  const auto dots = range.find("..");
  const bool three = range.compare(dots, 3, "...") == 0;
  const auto or_head = [](const std::string& word) { return word.empty() ? "HEAD" : word; };
  const std::string to = or_head(range.substr(dots + (three ? 3 : 2)));
  std::string from = or_head(range.substr(0, dots));
  if (three) {
    const auto base = util::git(root_, {"merge-base", from, to});
    if (!base.ok()) throw ConfigError(fmt::format("{} and {} have no merge base", from, to));
    from = util::chomp(base.out);
  }
  return between(from, to);
}

Change Finder::of_patches(const Words& files) const {
  std::set<std::string> touched;
  std::size_t count = 0;
  Words paths;
  for (const std::string& file : files) {
    paths.push_back(fs::absolute(file).lexically_normal().string());
    for (const patch::Patch& patch : patch::load(file)) {
      touched.insert(patch.files.begin(), patch.files.end());
      ++count;
    }
  }
  const State base = as_it_is(source::take_snapshot(root_, kernels_, say_, stop_fd_));
  Change change{
      .before = base, .after = base, .files = {touched.begin(), touched.end()}, .bisected = ""};
  change.after.patches = paths;
  change.after.label = fmt::format("with {}", util::format_count(count, "patch", "patches"));
  return change;
}

// The oldest good commit: it stays the same from step to step. Terms may be old and new, too.
std::string Finder::good_of_bisection() const {
  const auto found =
      util::git(root_, {"for-each-ref", "--sort=committerdate", "--count=1",
                        "--format=%(objectname)", "refs/bisect/good-*", "refs/bisect/old-*"});
  return found.ok() ? util::chomp(found.out) : "";
}

Change Finder::of_the_tree() const {
  const source::Snapshot taken = source::take_snapshot(root_, kernels_, say_, stop_fd_);
  if (taken.head.empty())
    throw ConfigError(
        fmt::format("{} is no git tree with a commit: there is nothing before it", root_.string()),
        "`kproof test` tests it as it is; or name patches");
  if (const std::string good = good_of_bisection(); !good.empty())
    return {.before = at(good),
            .after = {.tree = model::WorkTree{root_}, .patches = {}, .label = "the step"},
            .files = util::files_that_differ(taken.repository, good, taken.commit),
            .bisected = good};
  if (taken.changed.empty()) return of_revision("HEAD");
  return {.before = at("HEAD"), .after = as_it_is(taken), .files = taken.changed, .bisected = ""};
}

Change find_change(const Tree& tree, const Words& words, const fs::path& kernels,
                   const kernel::Progress& say, int stop_fd) {
  const Finder finder(tree, kernels, say, stop_fd);
  if (words.empty()) return finder.of_the_tree();
  std::error_code none;
  const auto is_there = [&](const std::string& word) { return fs::exists(word, none); };
  if (std::ranges::all_of(words, is_there)) return finder.of_patches(words);
  if (words.size() > 1) {
    const auto lost = std::ranges::find_if_not(words, is_there);
    throw ConfigError(fmt::format("there is no file {}", *lost), kWhats);
  }
  if (words[0].find("..") != std::string::npos) return finder.of_range(words[0]);
  return finder.of_revision(words[0]);
}

}  // namespace kproof::desk
