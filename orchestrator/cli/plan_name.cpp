#include "cli/plan_name.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/kernel_words.hpp"
#include "config/kernel_plan.hpp"
#include "config/kernel_word.hpp"
#include "sweep/installation.hpp"
#include "util/error.hpp"
#include "util/names.hpp"
#include "virt/cpu_models.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

std::vector<std::string> shipped_plans() {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& file : fs::directory_iterator(sweep::Installation::find().plans(), none))
    if (file.path().extension() == ".yaml") names.push_back(file.path().stem().string());
  std::ranges::sort(names);
  return names;
}

static bool is_bare(const std::string& word) {
  return !word.empty() && word.find('/') == word.npos && fs::path(word).extension().empty();
}

// Where it really lies: what a plan names lies beside that.
fs::path find_plan(const std::string& word) {
  std::error_code none;
  if (!is_bare(word) || fs::exists(word, none)) return word;
  const fs::path shipped =
      fs::canonical(sweep::Installation::find().plans() / (word + ".yaml"), none);
  return none ? fs::path(word) : shipped;
}

model::Plan read_named_plan(const std::string& word, const std::string& cases,
                            model::PlanTexts* texts, const std::string& tree) {
  std::error_code none;
  if (is_kernel_name(word)) return read_kernel_words({word}, tree, cases, texts);
  const fs::path found = find_plan(word);
  if (is_bare(word) && !fs::exists(found, none))
    throw ConfigError(
        fmt::format("there is no file {}, and no plan of kproof's is called so", word),
        util::suggest(word, shipped_plans(), "plans"));
  return config::read_plan_or_kernel(found, cases, virt::cpu_models, texts);
}

}  // namespace kproof::cli
