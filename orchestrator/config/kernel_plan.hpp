// A plan without a file: one kernel that lies on the disk, and defaults.
#pragma once

#include <filesystem>
#include <string>

#include "config/plan.hpp"

namespace kproof::config {

// What a user gives to be run: a plan's file, or a kernel in place of one, which is told by being a
// directory, or by a NUL byte in its first KiB as a bzImage, a vmlinux and a .deb have one; YAML
// has none. `cases`, a name or glob, is what a kernel runs.
model::Plan read_plan_or_kernel(const std::filesystem::path& file, const std::string& cases,
                                const CpuModels& cpu_models, model::PlanTexts* texts = nullptr);

}  // namespace kproof::config
