// Plans that come with kproof, by their bare names.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model/plan.hpp"
#include "model/plan_text.hpp"

namespace kproof::cli {

// "quickstart" for ci/plans/quickstart.yaml, sorted.
std::vector<std::string> shipped_plans();

// What a user calls a plan or a kernel: a path, or, where there is none of that name, a shipped
// plan.
std::filesystem::path find_plan(const std::string& word);

// The plan, or the one of a kernel that is named in its place. ConfigError as
// config::read_plan_or_kernel() or read_kernel_words() has it; a bare name that is nothing is told
// with the nearest plan. `tree` is what a tag is of.
model::Plan read_named_plan(const std::string& word, const std::string& cases,
                            model::PlanTexts* texts = nullptr, const std::string& tree = "");

}  // namespace kproof::cli
