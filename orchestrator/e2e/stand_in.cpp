#include "e2e/stand_in.hpp"

#include <cstdlib>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "util/subprocess.hpp"

namespace kproof::e2e {
namespace fs = std::filesystem;

// scripts/root names the unpacked package; a change below scripts/ makes the config anew. Of the
// modules only those are installed that the cases of these tests want: all are 400 MB for each
// build.
static constexpr const char* kMakefile = R"(
ROOT := $(shell cat scripts/root)
BUILTIN = $(ROOT)/lib/modules/*/modules.builtin
DRIVERS = acpi char dax nvdimm virtio
tinyconfig:
	cp $(ROOT)/boot/config-* $(KCONFIG_CONFIG)
olddefconfig modules:
	@true
bzImage:
	@echo '  CC      mm/a.o'
	$(CC) -c -o $(O)/a.o $(CURDIR)/mm/a.c
	mkdir -p $(O)/arch/x86/boot $(O)/include/config
	cp $(ROOT)/boot/vmlinuz-* $(O)/arch/x86/boot/bzImage
	cp $(O)/a.o $(O)/vmlinux
	basename $(ROOT)/lib/modules/* >$(O)/include/config/kernel.release
	cp $(BUILTIN) $(O)/modules.builtin
modules_install:
	mkdir -p $(INSTALL_MOD_PATH)
	cd $(ROOT) && cp -a --parents lib/modules/*/modules.order \
		$(addprefix lib/modules/*/kernel/drivers/,$(DRIVERS)) $(INSTALL_MOD_PATH)
)";

StandIn::StandIn() {
  fs::permissions(scratch_.path(), fs::perms{0755});  // root has another user build
  if (const char* cache = std::getenv("KPROOF_CACHE")) cache_ = cache;
  ::setenv("KPROOF_CACHE", (scratch_.path() / "cache").c_str(), 1);
  write("Makefile", kMakefile);
  write("Kconfig", "source \"arch/$(SRCARCH)/Kconfig\"\n");
  write("arch/x86/Kconfig", "config KVM\n\tbool \"KVM\"\n");
  write("mm/a.c", "int a;\n");
  git("init -q -b main && git config user.name A && git config user.email a");
  commit("the first", Kernel::debian_6_12);
  git("tag v0");
}

StandIn::~StandIn() {
  if (cache_)
    ::setenv("KPROOF_CACHE", cache_->c_str(), 1);
  else
    ::unsetenv("KPROOF_CACHE");
}

void StandIn::use(Kernel kernel) const {
  write("scripts/root", (kernel == Kernel::debian_6_1 ? old_ : recent_) + "\n");
}

void StandIn::commit(const std::string& subject, Kernel kernel) const {
  use(kernel);
  git(fmt::format("add . && git commit -q --allow-empty -m '{}'", subject));
}

void StandIn::commit_broken(const std::string& subject) const {
  write("mm/a.c", fmt::format("int a = nope;  /* {} */\n", subject));
  git(fmt::format("commit -qam '{}'", subject));
}

void StandIn::commit_mended(const std::string& subject) const {
  write("mm/a.c", fmt::format("int a;  /* {} */\n", subject));
  git(fmt::format("commit -qam '{}'", subject));
}

static void replace(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != text.npos);
  text.replace(at, from.size(), to);
}

void StandIn::commit_options() const {
  std::string makefile = kMakefile, kconfig = "config NEEDED\n\tbool \"Needed\"\n";
  replace(makefile, "cat scripts/root",
          "cat scripts/root$$(grep -qs ^CONFIG_CULPRIT=y $(O)/.config && echo .bad)");
  replace(makefile, "cp $(ROOT)/boot", "cp $$(cat scripts/root)/boot");
  replace(makefile, "olddefconfig modules:",
          "olddefconfig:\n\tgrep -q ^CONFIG_NEEDED=y $(KCONFIG_CONFIG) || "
          "sed -i '/CONFIG_CULPRIT[= ]/d' $(KCONFIG_CONFIG)\nmodules:");
  kconfig += "config CULPRIT\n\tbool \"Culprit\"\n\tdepends on NEEDED\n";
  for (const char name : std::string("ABCDEFGH"))
    kconfig += fmt::format("config {0}\n\tbool \"{0}\"\n", name);
  write("Makefile", makefile);
  write("arch/x86/Kconfig", kconfig);
  write("scripts/root.bad", old_ + "\n");
  git("add . && git commit -qm options && git tag -f v0");
}

void StandIn::git(const std::string& command) const {
  util::run_checked({.argv = {"sh", "-ec", "git " + command}, .directory = tree_});
}

fs::path StandIn::plan(const std::string& cases) const {
  const fs::path file = scratch_.path() / "plan.yaml";
  util::write_file_atomically(
      file, fmt::format("schema: 1\nname: stand-in\nkernels:\n"
                        "  mine: {{ label: A stand-in, source: {{ git: {}, revision: v0 }} }}\n"
                        "topologies:\n  l1: {{ memory: 1G }}\ncases:\n{}",
                        tree_.string(), cases));
  return file;
}

void StandIn::write(const std::string& file, const std::string& text) const {
  fs::create_directories((tree_ / file).parent_path());
  util::write_file_atomically(tree_ / file, text);
}

}  // namespace kproof::e2e
