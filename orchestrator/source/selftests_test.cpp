#include "source/selftests.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include "source/bench.hpp"
#include "source/unbuildable.hpp"

using namespace kproof;
using namespace kproof::source;

namespace {
// A tree with selftests as 6.1 has them: vm/ is mm/, and kvm/x86_64/ below kvm/.
struct Selftests : Bench {
  Selftests() {
    const fs::path selftests = tree / "tools/testing/selftests";
    const std::string program =
        "$(OUTPUT)/%: %.c\n\t@mkdir -p $(@D)\n\ttouch written-beside-the-sources\n"
        "\t$(CC) $(KHDR_INCLUDES) -o $@ $<\n";
    write(tree / "Makefile", std::string(kMakefile) +
                                 "\nheaders:\n\tmkdir -p $(O)/usr/include\n"
                                 "\techo '#define OF_KERNEL 7' >$(O)/usr/include/of_kernel.h\n");
    for (const char* directory : {"kvm", "vm"})
      write(selftests / directory / "Makefile", program);
    write(selftests / "kvm/plain_test.c",
          "#include <of_kernel.h>\nint main(void) { return OF_KERNEL; }\n");
    write(selftests / "kvm/x86_64/of_x86_test.c", "int main(void) { return 2; }\n");
    write(selftests / "vm/cow.c", "int main(void) { return 3; }\n");
    write(selftests / "vm/broken.c", "int main(void) { return no_such; }\n");
    git("add -A && git commit -qm 'selftests: add some' && git tag -f v1");
  }
  BuiltSelftest made(const std::string& directory, const std::string& program) {
    const BuildSpec found = spec();
    return build_selftest(found.base, {load_patches(source)}, found.toolchain, {directory, program},
                          settings);
  }
};
}  // namespace

static int exit_code(const fs::path& program) {
  return util::run({.argv = {program.string()}}).exit_code;
}

TEST_CASE("a selftest is built static from the tree, with the tree's own headers") {
  Selftests bench;
  const auto built = bench.made("kvm", "plain_test");
  REQUIRE(fs::exists(built.program));
  CHECK(exit_code(built.program) == 7);
  CHECK(util::run_checked({.argv = {"readelf", "-lW", built.program.string()}}).find("INTERP") ==
        std::string::npos);
}

TEST_CASE("it is found wherever this version of the kernel has it") {
  Selftests bench;
  CHECK(exit_code(bench.made("kvm", "of_x86_test").program) == 2);
  CHECK(exit_code(bench.made("mm", "cow").program) == 3);
  CHECK(places_of({"kvm", "mmu_stress_test"}) ==
        std::vector<std::string>{"kvm/mmu_stress_test", "kvm/x86_64/mmu_stress_test",
                                 "kvm/x86/mmu_stress_test", "kvm/max_guest_memory_test",
                                 "kvm/x86_64/max_guest_memory_test",
                                 "kvm/x86/max_guest_memory_test"});
  CHECK(places_of({"mm", "cow"}) == std::vector<std::string>{"mm/cow", "vm/cow"});
}

TEST_CASE("one that the tree has not is no error, and is told with the tree's name") {
  Selftests bench;
  const auto none = bench.made("kvm", "no_such_test");
  CHECK(none.program == "");
  CHECK(none.origin == bench.spec().base.origin);
}

TEST_CASE("one that does not compile costs itself alone, and the compiler is quoted") {
  Selftests bench;
  CHECK_THROWS_WITH_AS(bench.made("mm", "broken"), doctest::Contains("no_such"), Unbuildable);
  CHECK(exit_code(bench.made("mm", "cow").program) == 3);
}

TEST_CASE("the source stays as it was, though a selftest's makefile writes beside its sources") {
  Selftests bench;
  bench.made("kvm", "plain_test");
  CHECK(!fs::exists(bench.kept_tree() /
                    "source/tools/testing/selftests/kvm/written-beside-the-sources"));
}

TEST_CASE("a second time nothing is built; patches make another") {
  Selftests bench;
  const auto first = bench.made("kvm", "of_x86_test");
  bench.said.clear();
  CHECK(bench.made("kvm", "of_x86_test").program == first.program);
  CHECK(bench.said == "");
  Bench::write(bench.tree / "tools/testing/selftests/kvm/x86_64/of_x86_test.c",
               "int main(void) { return 5; }\n");
  bench.git("commit -qam 'selftests: five'");
  bench.source.tree = model::GitRevision{bench.tree, "v1"};
  bench.source.patches = {"v1..main"};
  CHECK(exit_code(bench.made("kvm", "of_x86_test").program) == 5);
}
