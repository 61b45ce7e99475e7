#include "e2e/kernel_tree.hpp"

#include <doctest/doctest.h>

#include "kernel/store.hpp"

namespace kproof::e2e {
namespace fs = std::filesystem;

// root/lib/modules/<release> -> root
fs::path debian_root(const std::string& package) {
  const model::KernelArtifact kernel = kernel::Store().fetch(
      {.name = "debian", .label = "", .source = model::PackageSource{package}});
  return fs::path(kernel.modules_dir).parent_path().parent_path().parent_path();
}

void make_tree(const fs::path& root, const fs::path& tree, const std::string& without) {
  fs::create_directories(tree);
  fs::copy(root / "boot", tree / "boot", fs::copy_options::recursive);
  fs::copy(root / "lib", tree / "lib",
           fs::copy_options::recursive | fs::copy_options::create_hard_links);
  for (const auto& entry : fs::recursive_directory_iterator(tree / "lib"))
    if (entry.path().filename().string().starts_with(without + ".ko")) {
      fs::remove(entry.path());
      return;
    }
  FAIL("no module ", without, " below ", tree.string());
}

}  // namespace kproof::e2e
