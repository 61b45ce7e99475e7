// A tree of a few files that is built as a kernel is; for tests.
#pragma once

#include <filesystem>
#include <string>

#include "util/files.hpp"
#include "util/subprocess.hpp"

namespace kproof::source {

// The driver of a build as kbuild is one: objects below O=, a .cmd file when an object is whole.
inline constexpr const char* kMakefile = R"(
tinyconfig:
	echo '# Linux/x86 6.1.0 Kernel Configuration' >$(KCONFIG_CONFIG)
olddefconfig:
	sed -i /LOST/d $(KCONFIG_CONFIG)
$(O)/%.o: %.c
	@echo '  CC      $*.o'
	@mkdir -p $(@D)
	$(CC) -c -o $@ $(CURDIR)/$<
bzImage: $(O)/mm/a.o $(O)/mm/b.o
	mkdir -p $(O)/arch/x86/boot $(O)/include/config
	cat $^ >$(O)/vmlinux
	cp $(O)/vmlinux $(O)/arch/x86/boot/bzImage
	echo 6.1.0-kproof >$(O)/include/config/kernel.release
	touch $(O)/modules.builtin
modules:
	@echo modules are disabled; exit 1
)";

// The files that its base config and symbols come from.
inline constexpr const char* kKconfig = "source \"arch/$(SRCARCH)/Kconfig\"\n";
inline constexpr const char* kArchKconfig =
    "config KVM\n\tbool \"KVM\"\nconfig LOST\n\tbool \"L\"\n\tdepends on NOPE\n";

// It, as a git repository with one commit, tagged v1; gone afterwards.
struct MadeUpTree {
  const util::ScratchDir scratch{"kproof-made-up-"};
  const std::filesystem::path tree = scratch.path() / "linux";

  MadeUpTree() {
    // Root has another user build.
    std::filesystem::permissions(scratch.path(), std::filesystem::perms{0755});
    write(tree / "Makefile", kMakefile);
    write(tree / "Kconfig", kKconfig);
    write(tree / "arch/x86/Kconfig", kArchKconfig);
    write(tree / "mm/a.c", "int a;\n");
    write(tree / "mm/b.c", "int b;\n");
    git("init -q -b main . && git config user.name A && git config user.email a && git add . && "
        "git commit -qm one && git tag v1");
  }
  static void write(const std::filesystem::path& file, const std::string& text) {
    std::filesystem::create_directories(file.parent_path());
    util::write_file_atomically(file, text);
  }
  void git(const std::string& command) const {
    util::run_checked({.argv = {"sh", "-ec", "git " + command}, .directory = tree});
  }
};

}  // namespace kproof::source
