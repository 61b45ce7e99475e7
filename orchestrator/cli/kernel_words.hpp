// Kernels by their names on the command line: v6.12, debian:6.12, a path. A plan is written of
// them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model/plan.hpp"
#include "model/plan_text.hpp"

namespace kproof::cli {

// The plan of these kernels, each a word that config/kernel_word.hpp knows or a path: they have its
// words as labels. `tree` is what tags are of, or "". `cases` is a name or glob. Pure.
struct WordsPlan {
  std::string name, text;
};
WordsPlan plan_of_words(const std::vector<std::string>& words, const std::filesystem::path& tree,
                        const std::string& cases, const std::filesystem::path& here);

// A tag or a package, and no file that is called so.
bool is_kernel_name(const std::string& word);

// The same, read; `texts` gets what was written. Where a word is a tag its tree is `tree`, else the
// one that we stand in, else the last one that a command was about. ConfigError for a word that
// names no kernel, and for a tag without a tree that has it.
model::Plan read_kernel_words(const std::vector<std::string>& words, const std::string& tree,
                              const std::string& cases, model::PlanTexts* texts);

// For the next command that stands in none.
void remember_tree(const std::filesystem::path& root);

inline constexpr const char* kTagTreeHelp =
    "the git tree of which v6.12 is a tag (default: the one around the current directory, else the "
    "last that a command was about)";

}  // namespace kproof::cli
