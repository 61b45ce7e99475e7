// Debian's own kernels: fetched with apt, unpacked, booted under QEMU with an image of ours that
// loads their modules. Needs apt's mirror the first time; without it the test is skipped, loudly.
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "image/image.hpp"
#include "kernel/kconfig.hpp"
#include "kernel/store.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/subprocess.hpp"

namespace fs = std::filesystem;
using namespace kproof;
using namespace std::chrono_literals;

// What ctest takes for "skipped" (SKIP_RETURN_CODE).
constexpr int skipped = 77;

// libcrc32c cannot be initialised before the algorithm that its softdep names.
static const std::vector<std::string> wanted{"virtio_pci", "virtio_console", "libnvdimm",
                                             "nfit",       "nd_pmem",        "dax_pmem",
                                             "device_dax", "kvm_amd",        "libcrc32c"};

template <class Work>
static auto timed(const char* what, const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  auto result = work();
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  fmt::print("{}: {:.1f} ms\n", what, took.count());
  return result;
}

// Words of apt's messages when it got no answer, as opposed to a wrong one.
static bool no_network(const std::string& message) {
  for (const char* sign : {"Could not resolve", "Temporary failure", "Could not connect",
                           "Unable to connect", "Connection timed out", "Network is unreachable"})
    if (message.find(sign) != std::string::npos) return true;
  return false;
}

static model::KernelArtifact fetch(const std::string& package) {
  const kernel::Store store(kernel::default_cache(), [](std::string_view line) {
    fmt::print("  {}\n", line);
    std::fflush(stdout);
  });
  try {
    return store.fetch({package, package, model::PackageSource{package}, "debian_test"});
  } catch (const HostError& error) {
    if (!no_network(error.what())) throw;
    fmt::print("SKIPPED: apt's mirror cannot be reached: {}\n", error.what());
    std::fflush(stdout);
    std::_Exit(skipped);
  }
}

static std::string boot(const model::KernelArtifact& kernel, const fs::path& image) {
  const auto result =
      util::run({.argv = {"qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-m", "512M",
                          "-nographic", "-no-reboot", "-kernel", kernel.boot_file.string(),
                          "-initrd", image.string(), "-append", "console=ttyS0 panic=-1"},
                 .deadline = 180s});
  CHECK_MESSAGE(result.ok(), result.err);
  return result.out;
}

static void check_debian_kernel(const std::string& package, const std::string& series) {
  fmt::print("== {}\n", package);
  const auto kernel = timed("fetch", [&] { return fetch(package); });
  const auto again = timed("fetch, warm", [&] { return fetch(package); });
  CHECK(kernel.identity == again.identity);
  CHECK(kernel.release.starts_with(series));
  CHECK(kernel.pvh);
  CHECK(kernel.origin.starts_with("linux-image-" + series));
  CHECK(kernel::Kconfig::load(kernel.config).enabled("CONFIG_DEV_DAX") == kernel::Setting::module);

  const auto index =
      timed("index of modules", [&] { return image::ModuleIndex::scan(kernel.modules_dir); });
  CHECK(index.size() > 3000);
  const auto closure = timed("closure", [&] { return image::close_over(index, wanted); });
  CHECK(closure.missing.empty());
  CHECK(closure.unknown.empty());
  for (const image::Module& module : closure.modules)
    fmt::print("  {}\n", module.name);

  const util::ScratchDir dir("kproof-test-");
  const image::ImageSpec spec{.agent = KPROOF_TEST_INIT, .files = {}, .modules = closure.modules};
  const auto made = timed("image", [&] { return image::make_image(spec, dir.path()); });
  timed("image, warm", [&] { return image::make_image(spec, dir.path()); });
  fmt::print("image: {} bytes\n", made.bytes);

  const std::string console = timed("boot to power-off", [&] { return boot(kernel, made.path()); });
  CHECK_MESSAGE(console.find("INIT-DONE") != std::string::npos, console);
  CHECK(console.find("Linux version " + kernel.release) != std::string::npos);
  for (const image::Module& module : closure.modules)
    // QEMU's TCG has svm only with -cpu max; nothing here may refuse.
    CHECK_MESSAGE(console.find("LOADED /lib/modules/" + module.name + ".ko") != std::string::npos,
                  module.name, "\n", console);
}

TEST_CASE("Debian's 6.1 is fetched, unpacked and boots with its modules") {
  check_debian_kernel("linux-image-amd64", "6.1");
}

TEST_CASE("Debian's 6.12 is fetched, unpacked and boots with its modules") {
  check_debian_kernel("linux-image-6.12-amd64", "6.12");
}

TEST_CASE("a package that apt does not know is refused with names that it knows") {
  const kernel::Store store;
  try {
    store.fetch({"k", "K", model::PackageSource{"linux-image-amd46"}, "plan.yaml:3:5"});
    FAIL("not refused");
  } catch (const ConfigError& error) {
    CHECK(std::string(error.what()) ==
          "plan.yaml:3:5: kernel k: apt knows no package linux-image-amd46");
    CHECK(error.hint().find("linux-image-amd64") != std::string::npos);
  }
}
