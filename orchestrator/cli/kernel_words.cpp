#include "cli/kernel_words.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "config/kernel_word.hpp"
#include "config/plan.hpp"
#include "desk/tree.hpp"
#include "kernel/store.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/git.hpp"
#include "virt/cpu_models.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

bool is_kernel_name(const std::string& word) {
  std::error_code none;
  return config::is_kernel_word(word) && !fs::exists(word, none);
}

static fs::path memory() {
  return kernel::default_cache() / "last-tree.json";
}

void remember_tree(const fs::path& root) {
  std::error_code none;
  fs::create_directories(memory().parent_path(), none);
  try {
    util::write_file_atomically(memory(), nlohmann::json(root.string()).dump() + "\n");
  } catch (const Error&) {  // a convenience: nothing needs it
  }
}

static std::optional<fs::path> remembered() {
  std::error_code none;
  const auto kept = nlohmann::json::parse(util::read_if_there(memory()), nullptr, false);
  if (!kept.is_string()) return std::nullopt;
  const fs::path tree = kept.get<std::string>();
  return fs::is_directory(tree, none) ? std::optional(tree) : std::nullopt;
}

static bool has_commit(const fs::path& tree, const std::string& revision) {
  return util::git(tree, {"rev-parse", "--verify", "--quiet", revision + "^{commit}"}).ok();
}

static fs::path tree_of_tag(const std::string& tag, const std::string& named) {
  std::vector<fs::path> trees;
  if (!named.empty()) {
    trees.emplace_back(fs::absolute(named).lexically_normal());
  } else {
    if (const auto here = desk::find_tree(".")) trees.push_back(*here);
    if (const auto last = remembered()) trees.push_back(*last);
  }
  if (trees.empty())
    throw ConfigError(
        fmt::format("{} is a tag of a kernel's git tree, and this directory is in none", tag),
        fmt::format("go to one, or name one: --tree ../linux. A packaged kernel of Debian's: "
                    "debian:{}",
                    tag.substr(1)));
  const auto found =
      std::ranges::find_if(trees, [&](const fs::path& tree) { return has_commit(tree, tag); });
  if (found != trees.end()) return *found;
  util::commit_of(trees.front(), tag);  // says why
  throw ConfigError(fmt::format("{} has no tag {}", trees.front().string(), tag));
}

static void require_kernels(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    std::error_code none;
    if (config::is_kernel_word(word)) continue;
    if (fs::path(word).extension() == ".yaml")
      throw ConfigError(fmt::format("{} is a plan, and no kernel", word),
                        "a plan is run alone; it can name these kernels");
    if (!fs::exists(word, none))
      throw ConfigError(fmt::format("there is no kernel {}", word),
                        "v6.12 (a tag), debian:6.12, linux-image-amd64, or the path of a build "
                        "tree, bzImage, vmlinux, .deb or .rpm");
  }
}

// One tree for all tags of a command line.
static fs::path tree_for(const std::vector<std::string>& words, const std::string& named) {
  fs::path tree;
  for (const std::string& word : words)
    if (config::is_tag(word))
      tree = tree.empty() ? tree_of_tag(word, named) : tree_of_tag(word, tree.string());
  return tree;
}

model::Plan read_kernel_words(const std::vector<std::string>& words, const std::string& tree,
                              const std::string& cases, model::PlanTexts* texts) {
  require_kernels(words);
  const fs::path here = fs::current_path(), git = tree_for(words, tree);
  if (!git.empty()) remember_tree(git);
  const WordsPlan written = plan_of_words(words, git, cases, here);
  const model::PlanTexts made{{here / (written.name + ".yaml"), written.text}};
  if (texts != nullptr) *texts = made;
  model::Plan plan = config::read_plan(made, virt::cpu_models);
  for (model::KernelSpec& kernel : plan.kernels)
    kernel.place.clear();  // nobody has that file
  return plan;
}

}  // namespace kproof::cli
