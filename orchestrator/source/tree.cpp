#include "source/tree.hpp"

#include <set>

#include <fmt/format.h>

#include "patch/refusal.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/git.hpp"
#include "util/hash.hpp"
#include "util/subprocess.hpp"

namespace kproof::source {
namespace fs = std::filesystem;
using patch::Patch;

static void copy_to(const fs::path& from, const fs::path& to) {
  fs::create_directories(to.parent_path());
  fs::copy_file(from, to, fs::copy_options::overwrite_existing);  // and its mode
}

// A link would lead what we write, or read for others to read, out of the tree.
static void require_no_link(const fs::path& directory, const std::string& file) {
  fs::path place = directory;
  for (const fs::path& part : fs::path(file)) {
    place /= part;
    if (fs::is_symlink(place))
      throw ConfigError(fmt::format("a patch touches {}, and {} is a symbolic link", file,
                                    place.lexically_relative(directory).string()),
                        "kproof applies patches to regular files only");
  }
}

// The first time that a patch touches a file, what the base has of it is kept.
static void keep_pristine(const fs::path& tree, const std::string& file) {
  const fs::path kept = tree / "pristine" / file, absent = tree / "absent" / file;
  if (fs::exists(kept) || fs::exists(absent)) return;
  const fs::path original = tree / "source" / file;
  require_no_link(tree / "source", file);
  if (fs::is_directory(original))
    throw ConfigError(fmt::format("a patch touches {}, which is no regular file", file));
  if (!fs::exists(original)) {
    fs::create_directories(absent.parent_path());
    return util::write_file_atomically(absent, "");
  }
  const fs::path draft = kept.string() + ".draft";
  copy_to(original, draft);
  fs::rename(draft, kept);  // whole or not there: a kill in between costs nothing
}

static std::set<std::string> kept_files(const fs::path& tree) {
  std::set<std::string> files;
  for (const char* part : {"pristine", "absent"}) {
    if (!fs::exists(tree / part)) continue;
    for (const auto& file : fs::recursive_directory_iterator(tree / part))
      if (file.is_regular_file() && file.path().extension() != ".draft")
        files.insert(file.path().lexically_relative(tree / part).string());
  }
  return files;
}

// Outside of any git tree, whose index and attributes would have a say.
static std::string try_patch(const Patch& patch, const fs::path& diff, const fs::path& directory) {
  util::write_file_atomically(diff, patch.diff);
  util::Command command = util::git_command(
      {"git", "apply", "--whitespace=nowarn", fmt::format("-p{}", patch.strip), diff.string()});
  command.directory = directory;
  command.environment["GIT_CEILING_DIRECTORIES"] = directory.parent_path();
  const auto result = util::run(command);
  return result.ok() ? "" : patch::explain_refusal(result.err, patch.diff);
}

static void apply_all(const std::vector<Patch>& patches, const fs::path& scratch) {
  for (std::size_t i = 0; i < patches.size(); ++i) {
    const std::string refusal = try_patch(patches[i], scratch / "diff", scratch / "files");
    if (!refusal.empty())
      throw ConfigError(fmt::format("patch {} of {}, \"{}\", does not apply; {} before it did:\n{}",
                                    i + 1, patches.size(), patches[i].name, i, refusal),
                        "rebase the series, or name the source that it is for");
  }
}

static bool same(const fs::path& a, const fs::path& b) {
  return fs::exists(a) && fs::file_size(a) == fs::file_size(b) &&
         fs::status(a).permissions() == fs::status(b).permissions() &&
         util::hash_file(a) == util::hash_file(b);
}

// Only what differs is written: a new time means a rebuild.
static void settle(const fs::path& source, const std::string& file, const fs::path& wanted) {
  const fs::path target = source / file;
  if (!fs::exists(wanted)) {
    fs::remove(target);
  } else if (!same(target, wanted)) {
    fs::create_directories(target.parent_path());
    const fs::path draft = target.string() + ".kproof";
    copy_to(wanted, draft);
    fs::rename(draft, target);
  }
}

// Patches copies of the files that `patches` touch; returns their names.
static std::set<std::string> patch_copies(const fs::path& tree, const std::vector<Patch>& patches,
                                          const fs::path& scratch) {
  std::set<std::string> touched;
  for (const Patch& patch : patches)
    touched.insert(patch.files.begin(), patch.files.end());
  fs::create_directory(scratch / "files");
  for (const std::string& file : touched) {
    keep_pristine(tree, file);
    if (fs::exists(tree / "pristine" / file))
      copy_to(tree / "pristine" / file, scratch / "files" / file);
  }
  apply_all(patches, scratch);
  for (const std::string& file : touched)
    require_no_link(scratch / "files", file);
  return touched;
}

void require_applicable(const fs::path& tree, const std::vector<Patch>& patches) {
  const util::ScratchDir scratch(tree, "applying-");
  patch_copies(tree, patches, scratch.path());
}

void apply(const fs::path& tree, const std::vector<Patch>& patches) {
  const util::ScratchDir scratch(tree, "applying-");
  const auto touched = patch_copies(tree, patches, scratch.path());
  for (const std::string& file : kept_files(tree))
    settle(tree / "source", file,
           touched.contains(file) ? scratch.path() / "files" / file : tree / "pristine" / file);
}

void forget_patches(const fs::path& tree) {
  apply(tree, {});
  fs::remove_all(tree / "pristine");
  fs::remove_all(tree / "absent");
}

}  // namespace kproof::source
