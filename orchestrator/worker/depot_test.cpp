#include "worker/depot.hpp"

#include <doctest/doctest.h>

#include "source/unbuildable.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

using namespace kproof;
namespace fs = std::filesystem;

namespace {

struct Depot {
  util::ScratchDir scratch{"kproof-depot-"};
  fs::path batch = scratch.path() / "batch", cache = scratch.path() / "cache";
  model::KernelArtifact kernel{.name = "k",
                               .label = "K",
                               .release = "6.1",
                               .origin = "o",
                               .boot_file = cache / "vmlinuz",
                               .modules_dir = cache / "lib",
                               .config = cache / "config",
                               .identity = "abc"};
  Depot() {
    fs::create_directories(cache / "lib/kernel/mm");
    util::write_file_atomically(cache / "vmlinuz", "boot");
    util::write_file_atomically(cache / "config", "CONFIG_X=y");
    util::write_file_atomically(cache / "lib/kernel/mm/a.ko", "module");
    fs::create_symlink("/usr/src/headers", cache / "lib/build");
  }
};

}  // namespace

TEST_CASE("a kernel is stored whole, and is the same when it is taken") {
  Depot d;
  CHECK_FALSE(worker::is_stored(d.batch, "k"));
  CHECK_THROWS_AS(worker::take_kernel(d.batch, {.name = "k"}), HostError);
  worker::store_kernel(d.batch, d.kernel);
  worker::store_kernel(d.batch, d.kernel);  // by another process, which finds it there
  CHECK(worker::is_stored(d.batch, "k"));
  fs::remove_all(d.cache);
  const auto taken = worker::take_kernel(d.batch, {.name = "k"});
  CHECK(taken.identity == "abc");
  CHECK(taken.release == "6.1");
  CHECK(util::read_file(taken.boot_file) == "boot");
  CHECK(util::read_file(taken.config) == "CONFIG_X=y");
  CHECK(util::read_file(taken.modules_dir / "kernel/mm/a.ko") == "module");
  CHECK_FALSE(fs::exists(fs::symlink_status(taken.modules_dir / "build")));
  CHECK(taken.vmlinux.empty());
  std::size_t entries = 0;
  for (const auto& entry : fs::directory_iterator(d.batch / "boot"))
    entries += !entry.path().empty();
  CHECK(entries == 1);  // no draft is left
}

TEST_CASE("a kernel that cannot be had fails in the same way for all who ask") {
  Depot d;
  worker::store_fault(d.batch, "k", "k does not build", "see the log", true);
  worker::store_fault(d.batch, "p", "no such package", "", false);
  CHECK(worker::is_stored(d.batch, "k"));
  CHECK_THROWS_WITH_AS(worker::take_kernel(d.batch, {.name = "k"}), "k does not build",
                       source::Unbuildable);
  CHECK_THROWS_AS(worker::take_kernel(d.batch, {.name = "p"}), ConfigError);
}
