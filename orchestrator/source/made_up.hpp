// A tree of a few files that is built as a kernel is; for tests.
#pragma once

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

}  // namespace kproof::source
