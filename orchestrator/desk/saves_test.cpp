#include "desk/saves.hpp"

#include <doctest/doctest.h>

using namespace kproof::desk;
using namespace std::chrono_literals;

TEST_CASE("sources are worth a look, and what editors and builds leave is not") {
  for (const char* file : {"mm/mprotect.c", "arch/x86/kernel/vmlinux.lds.S", "Makefile", "Kconfig",
                           ".config", "mm/.gitignore", "usr/initramfs_data.S", "tools/x.py"})
    CHECK_MESSAGE(is_source(file), file);
  for (const char* file : {"mm/.mprotect.c.swp", "mm/4913", "mm/mprotect.c~", "mm/#mprotect.c#",
                           "mm/.#mprotect.c", "mm/mprotect.o", "mm/.mprotect.o.cmd", "vmlinux",
                           "mm/a.mod.c", "arch/x86/boot/bzImage", "fix.orig"})
    CHECK_MESSAGE(!is_source(file), file);
}

TEST_CASE("directories of git, of builds and of documents are not watched") {
  CHECK(is_watched("mm"));
  CHECK(is_watched("include/linux"));
  for (const char* directory : {".git", "Documentation", "include/generated", "include/config",
                                "arch/x86/include/generated", "kproof-out", "mm/.cache"})
    CHECK_MESSAGE(!is_watched(directory), directory);
}

TEST_CASE("saves that come together are one, which is over when nothing more comes") {
  const Saves::Time t{};
  Saves saves;
  CHECK_FALSE(saves.over_at());
  CHECK_FALSE(saves.take(t));
  saves.add("mm/a.c", t);
  saves.add("mm/b.c", t + 100ms);
  CHECK_FALSE(saves.take(t + 200ms));
  CHECK(*saves.over_at() == t + 100ms + Saves::kQuiet);
  const auto save = saves.take(t + 250ms);
  REQUIRE(save);
  CHECK(save->files == std::set<std::string>{"mm/a.c", "mm/b.c"});
  CHECK(save->began == t);
  CHECK_FALSE(saves.any());
}

TEST_CASE("a save that does not end, as of a script, is taken all the same") {
  Saves saves;
  for (auto at = 0ms; at < 3000ms; at += 100ms)
    saves.add("mm/a.c", Saves::Time{} + at);
  CHECK(saves.take(Saves::Time{} + 2000ms));
}
