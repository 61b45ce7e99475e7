// Kernels that lack what a case, or kproof itself, needs: plans/lacking.yaml. Never a pass, and
// always the missing thing's name.
#include <doctest/doctest.h>

#include "e2e/kernel_tree.hpp"
#include "e2e/support.hpp"

namespace kproof::e2e::guest_lacking_test {
namespace fs = std::filesystem;

static fs::path vmlinuz_below(const fs::path& boot) {
  for (const auto& entry : fs::directory_iterator(boot))
    if (entry.path().filename().string().starts_with("vmlinuz-")) return entry.path();
  FAIL("no vmlinuz below ", boot.string());
  return {};
}

static Run run_lacking() {
  const fs::path directory = fresh_directory("lacking");
  const fs::path root = debian_root(), trees = directory / "trees";
  make_tree(root, trees / "no-virtio", "virtio_console");
  make_tree(root, trees / "no-dax", "device_dax");
  fs::create_directories(trees / "bare");
  fs::copy_file(vmlinuz_below(root / "boot"), trees / "bare/vmlinuz");
  fs::copy_file(plan("lacking"), directory / "lacking.yaml");
  return run_plan(directory / "lacking.yaml", directory / "out");
}

static const Run& run() {
  static const Run run = run_lacking();
  return run;
}

TEST_CASE("a run of kernels that lack something ends whole, and a skip is not as expected") {
  check_whole(run(), 1, 7);
}

TEST_CASE("a kernel without virtio is a skip before any boot, for every case") {
  for (const char* name : {"selftest/pass", "mm/dax_2m_mprotect"}) {
    const std::string id = std::string("no-virtio/l1/") + name;
    check_ending(run(), id, {"skip", "config", "the kernel has no module virtio_console"});
    CHECK(cell(run(), id).at("phases").empty());
  }
}

TEST_CASE("a kernel without DAX is a skip for the case that needs it, and for no other") {
  check_ending(run(), "no-dax/l1/mm/dax_2m_mprotect",
               {"skip", "config", "the kernel has no module device_dax"});
  check_ending(run(), "no-dax/l1/selftest/pass", {"pass", "none", "1 of 2 subtests ok.*"});
}

TEST_CASE("a word of the command line that the kernel does not know is a miss, which names it") {
  check_ending(
      run(), "no-dax/misspelt/selftest/misspelt",
      {"miss", "config",
       "evidence: kernel_parameters unproven \\(the kernel does not know lockdeep=1, which "
       "`cmdline` has\\).*"});
}

// Nobody can know what a bzImage alone has built in; the guest finds out.
TEST_CASE("a bzImage without modules boots, and the agent says what it lacks: a miss") {
  for (const char* name : {"selftest/pass", "mm/dax_2m_mprotect"})
    check_ending(run(), std::string("bare/l1/") + name,
                 {"miss", "config",
                  "the agent could not talk to the host in phase boot: the kernel has no "
                  "virtio_console, built in or as a module"});
}

}  // namespace kproof::e2e::guest_lacking_test
