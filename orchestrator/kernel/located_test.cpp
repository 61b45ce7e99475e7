#include "kernel/located.hpp"

#include <doctest/doctest.h>

#include "kernel/made_up.hpp"
#include "util/files.hpp"

namespace fs = std::filesystem;
using namespace kproof;
using namespace kproof::kernel;

// All of one build ID.
static const std::string kWithId = made_up_vmlinux(NT_GNU_BUILD_ID, "", EM_X86_64, ET_EXEC, "GNU");
static const std::string kWithoutId = made_up_vmlinux(18, "Linux version 6.1.0-x (me)");

static std::string with_other_id() {
  std::string file = kWithId;
  file[file.find(std::string(8, '\x01'))] = '\x02';
  return file;
}

namespace {
struct LocatedBench {
  util::ScratchDir dir{"kproof-test-"};
  fs::path put(const fs::path& name, const std::string& bytes) const {
    fs::create_directories((dir.path() / name).parent_path());
    util::write_file_atomically(dir.path() / name, bytes);
    return dir.path() / name;
  }
};
}  // namespace

TEST_CASE("the symbols of a build tree are in its vmlinux, if that is the kernel that boots") {
  const LocatedBench bench;
  const Located tree{.image = "arch/x86/boot/bzImage", .build_tree = bench.dir.path()};
  const fs::path boots = bench.put("boots", kWithId);
  CHECK(vmlinux_of(tree, "6.1.0-x", boots).empty());
  CHECK(vmlinux_of(tree, "6.1.0-x", boots) != bench.put("vmlinux", with_other_id()));
  const fs::path vmlinux = bench.put("vmlinux", kWithId);
  CHECK(vmlinux_of(tree, "6.1.0-x", boots) == vmlinux);
}

TEST_CASE("what boots as a bzImage cannot be compared, and its own tree is believed") {
  const LocatedBench bench;
  const Located tree{.image = "arch/x86/boot/bzImage", .build_tree = bench.dir.path()};
  const fs::path vmlinux = bench.put("vmlinux", kWithId);
  CHECK(vmlinux_of(tree, "6.1.0-x", bench.put("bzImage", "no ELF file")) == vmlinux);
}

TEST_CASE("in a root the vmlinux is where Debian's packages of debug information have it") {
  const LocatedBench bench;
  const Located root{.image = "boot/vmlinuz-6.1.0-x", .root = bench.dir.path()};
  const fs::path boots = bench.put("boots", kWithId);
  CHECK(vmlinux_of(root, "6.1.0-x", boots).empty());
  const fs::path vmlinux = bench.put(debug_vmlinux("6.1.0-x"), kWithId);
  CHECK(vmlinux_of(root, "6.1.0-x", boots) == vmlinux);
  CHECK(vmlinux_of(root, "6.1.0-y", boots).empty());
}

TEST_CASE("a vmlinux without a build ID is nobody's") {
  const LocatedBench bench;
  const fs::path file = bench.put("vmlinux", kWithoutId);
  CHECK(vmlinux_of({.image = file}, "6.1.0-x", file).empty());
}
