#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/kernel_words.hpp"
#include "config/kernel_word.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

static fs::path path_of(const std::string& word, const fs::path& here) {
  const fs::path path = (here / word).lexically_normal();
  return path.has_filename() ? path : path.parent_path();  // "linux/"
}

// A bzImage is its tree's.
static std::string last_part(const fs::path& path) {
  constexpr std::string_view kInTree = "/arch/x86/boot/bzImage";
  const std::string whole = path.string();
  if (!whole.ends_with(kInTree)) return path.filename().string();
  return fs::path(whole.substr(0, whole.size() - kInTree.size())).filename().string();
}

// A name of a kernel in a plan.
static std::string name_of(const std::string& word, const fs::path& here,
                           std::set<std::string>& taken) {
  std::string name = config::is_kernel_word(word) ? word : last_part(path_of(word, here));
  std::ranges::replace_if(
      name, [](unsigned char c) { return !std::isalnum(c) && c != '.' && c != '-' && c != '_'; },
      '-');
  if (name.empty() || name.front() == '.') name.insert(0, "k");
  const std::string first = name;
  for (int n = 2; !taken.insert(name).second; ++n)
    name = fmt::format("{}-{}", first, n);
  return name;
}

WordsPlan plan_of_words(const std::vector<std::string>& words, const fs::path& tree,
                        const std::string& cases, const fs::path& here) {
  std::set<std::string> taken;
  std::vector<std::string> names;
  std::string kernels;
  for (const std::string& word : words) {
    names.push_back(name_of(word, here, taken));
    const std::string value = config::is_kernel_word(word) ? word : path_of(word, here).string();
    kernels += fmt::format("  {}: {}\n", Json(names.back()).dump(), Json(value).dump());
  }
  const std::string name = fmt::format("{}", fmt::join(names, "-"));
  std::string text = fmt::format(
      "# Kernels of the command line. Keep it and change it: kproof run this-file.yaml\n"
      "schema: 1\nname: {}\n",
      Json(name).dump());
  if (!tree.empty()) text += fmt::format("tree: {}\n", Json(tree.string()).dump());
  return {name, text + fmt::format("\nkernels:\n{}\ncases: [{}]\n", kernels, Json(cases).dump())};
}

}  // namespace kproof::cli
