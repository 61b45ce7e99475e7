#include "config/kernel_plan.hpp"

#include <fstream>

#include "config/sections.hpp"

namespace kproof::config {
namespace fs = std::filesystem;

static bool is_kernel(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return true;
  if (!fs::is_regular_file(path, ignored)) return false;
  constexpr std::size_t kBeginning = 1024;
  std::string text(kBeginning, 'x');
  std::ifstream(path, std::ios::binary).read(text.data(), kBeginning);
  return text.find('\0') != text.npos;
}

static model::Plan plan_of(model::KernelSpec kernel, const std::string& cases) {
  model::Plan plan{.name = kernel.name, .file = kernel.label};
  plan.topologies.push_back(default_topology(kernel.place));
  plan.cases.push_back({.name = cases, .alias = cases, .place = kernel.place});
  plan.kernels.push_back(std::move(kernel));
  return plan;
}

// Named "mine".
static model::Plan plan_of(const fs::path& kernel, const std::string& cases) {
  fs::path path = fs::absolute(kernel).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // "linux/"
  model::Plan plan = plan_of({.name = "mine",
                              .label = path.filename().string(),
                              .source = model::PathSource{path},
                              .place = kernel.string()},
                             cases);
  plan.file = path;
  return plan;
}

model::Plan read_plan_or_kernel(const fs::path& file, const std::string& cases,
                                const CpuModels& cpu_models, model::PlanTexts* texts) {
  return is_kernel(file) ? plan_of(file, cases) : read_plan(file, cpu_models, texts);
}

}  // namespace kproof::config
