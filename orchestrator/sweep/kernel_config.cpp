#include "sweep/kernel_config.hpp"

#include "util/files.hpp"

namespace kproof::sweep {
namespace fs = std::filesystem;

std::string keep_config(const model::KernelArtifact& kernel, const fs::path& out) {
  if (kernel.config.empty()) return "";
  const std::string name = "kernels/" + kernel.name + ".config";
  const std::string text = util::read_file(kernel.config);
  if (fs::exists(out / name) && util::read_file(out / name) == text) return name;
  fs::create_directories((out / name).parent_path());
  util::write_file_atomically(out / name, text);
  return name;
}

}  // namespace kproof::sweep
