#include "desk/tree.hpp"

#include <doctest/doctest.h>

#include "source/made_up.hpp"
#include "util/error.hpp"

using namespace kproof;
namespace fs = std::filesystem;

namespace {
struct Source : source::MadeUpTree {
  const fs::path& root = tree;
  Source() {
    write("Makefile", "# SPDX\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 0\nEXTRAVERSION = -rc3\n");
    write("mm/mprotect.c", "");
  }
  void write(const fs::path& file, const std::string& text) const {
    MadeUpTree::write(root / file, text);
  }
  void age(const fs::path& file, std::chrono::seconds by) const {
    fs::last_write_time(root / file, fs::last_write_time(root / file) - by);
  }
};
}  // namespace

TEST_CASE("a tree is found from any directory in it, and has a version") {
  const Source source;
  CHECK(desk::find_tree(source.root / "arch/x86") == fs::canonical(source.root));
  CHECK_FALSE(desk::find_tree(source.scratch.path()));
  const desk::Tree tree = desk::look(source.root);
  CHECK(tree.version == "6.12.0-rc3");
  CHECK_FALSE(tree.config);
  CHECK_FALSE(tree.built);
  CHECK_THROWS_AS(desk::look(source.scratch.path()), ConfigError);
}

TEST_CASE("a bzImage is up to date until a source file or the config is newer") {
  using namespace std::chrono_literals;
  const Source source;
  for (const char* file :
       {"Makefile", "Kconfig", "arch/x86/Kconfig", "mm/a.c", "mm/b.c", "mm/mprotect.c"})
    source.age(file, 60s);
  source.write("arch/x86/boot/bzImage", "");
  source.age("arch/x86/boot/bzImage", 30s);
  // What a build writes behind its bzImage is no input.
  source.write("include/generated/autoconf.h", "");
  source.write("drivers/x.mod.c", "");
  source.write("Documentation/conf.c", "");
  CHECK(desk::look(source.root).built);
  CHECK(desk::look(source.root).newer.empty());
  source.write("mm/mprotect.c", "changed\n");
  CHECK(desk::look(source.root).newer == "mm/mprotect.c");
  source.age("mm/mprotect.c", 60s);
  source.write(".config", "");
  CHECK(desk::look(source.root).newer == ".config");
}

TEST_CASE("versions are compared by their two first numbers") {
  CHECK(desk::is_before("6.1.192", 6, 12));
  CHECK(desk::is_before("5.15.0", 6, 12));
  CHECK_FALSE(desk::is_before("6.12.0-rc1", 6, 12));
  CHECK_FALSE(desk::is_before("7.0.0", 6, 12));
  CHECK_FALSE(desk::is_before("", 6, 12));
}
