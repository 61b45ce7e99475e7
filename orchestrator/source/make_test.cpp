#include "source/make.hpp"

#include <doctest/doctest.h>

#include "source/toolchain.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::source;
namespace fs = std::filesystem;

static const std::string kSaid =
    "warning: something\n"
    "In file included from /t/source/mm/mprotect.c:12:\n"
    "/t/source/mm/mprotect.c: In function 'change_pud_range':\n"
    "/t/source/mm/mprotect.c:501:3: error: 'foo' undeclared (first use in this function)\n"
    "  501 |   foo = 1;\n"
    "      |   ^~~\n"
    "make[3]: *** [scripts/Makefile.build:250: mm/mprotect.o] Error 1\n"
    "../source/kernel/x.c:1:1: fatal error: no.h: No such file or directory\n";

TEST_CASE("versions are compared by their numbers") {
  CHECK(older("4.9.4", "5.1.0"));
  CHECK(older("12.2", "12.10"));
  CHECK_FALSE(older("12.2.0", "5.1.0"));
  CHECK_FALSE(older("5.1", "5.1.0"));
}

TEST_CASE("a compiler's errors are shown as they are, without make's") {
  CHECK(essence(kSaid) ==
        "In file included from /t/source/mm/mprotect.c:12:\n"
        "/t/source/mm/mprotect.c: In function 'change_pud_range':\n"
        "/t/source/mm/mprotect.c:501:3: error: 'foo' undeclared (first use in this function)\n"
        "  501 |   foo = 1;\n"
        "      |   ^~~\n"
        "../source/kernel/x.c:1:1: fatal error: no.h: No such file or directory");
  CHECK(essence("a\nb\n") == "a\nb");
  CHECK(essence("") == "");
  CHECK(essence("make: *** No rule to make target `x'.  Stop.\n") ==
        "make: *** No rule to make target `x'.  Stop.");
}

TEST_CASE("a file in error is blamed on the last patch that touched it") {
  const auto files = files_in_error(kSaid, "/t/source");
  CHECK(files == std::vector<std::string>{"mm/mprotect.c", "kernel/x.c"});
  const std::vector<patch::Patch> patches{{.name = "1/2 one", .files = {"mm/mprotect.c"}},
                                          {.name = "2/2 two", .files = {"mm/mprotect.c", "y.c"}}};
  CHECK(blame(files, patches) == "mm/mprotect.c was last touched by patch 2 of 2, \"2/2 two\"");
  CHECK(blame({"z.c"}, patches) == "");
}

TEST_CASE("an object that is newer than its .cmd file is unfinished, and removed") {
  const util::ScratchDir build("kproof-build");
  const auto put = [&](const char* name, int age) {
    fs::create_directories(build.path() / "mm");
    util::write_file_atomically(build.path() / "mm" / name, "");
    fs::last_write_time(build.path() / "mm" / name,
                        fs::file_time_type::clock::now() - std::chrono::seconds(age));
  };
  put("done.o", 20), put(".done.o.cmd", 10);
  put("half.o", 10), put(".half.o.cmd", 20);
  put("new.o", 10);  // without a .cmd kbuild makes it again by itself
  remove_unfinished(build.path());
  CHECK(fs::exists(build.path() / "mm/done.o"));
  CHECK_FALSE(fs::exists(build.path() / "mm/half.o"));
  CHECK(fs::exists(build.path() / "mm/new.o"));
}
