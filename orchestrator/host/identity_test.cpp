#include "host/identity.hpp"

#include <doctest/doctest.h>

#include "util/files.hpp"

using namespace kproof;
using namespace kproof::host;
namespace fs = std::filesystem;

// A machine with KVM, as its proc and sys tell of it.
struct MadeUpHost {
  util::ScratchDir root{"kproof-test-"};
  MadeUpHost() {
    set("proc/sys/kernel/osrelease", "6.1.0-18-amd64");
    set("proc/sys/kernel/version", "#1 SMP Debian 6.1.76-1");
    set("proc/cpuinfo", cpuinfo("0xa20120a", "svm npt"));
    set("sys/module/kvm/parameters/nx_huge_pages", "N");
    set("sys/module/kvm_amd/parameters/nested", "1");
    set("sys/module/kvm_amd/parameters/npt", "Y");
    set("sys/devices/system/cpu/vulnerabilities/spectre_v2", "Mitigation: Retpolines");
    set("sys/devices/system/cpu/smt/control", "on");
    set("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
    set("sys/kernel/mm/transparent_hugepage/defrag", "[madvise] never");
    set("sys/kernel/mm/ksm/run", "0");
  }
  static std::string cpuinfo(const std::string& microcode, const std::string& flags) {
    return "processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel name\t: Ryzen\ncpu MHz\t\t: 3000.1\n"
           "microcode\t: " +
           microcode + "\nflags\t\t: " + flags + "\n\nprocessor\t: 1\n";
  }
  void set(const fs::path& file, const std::string& text) const {
    fs::create_directories((root.path() / file).parent_path());
    util::write_file_atomically(root.path() / file, text + "\n");
  }
  Identity seen(model::Accel accel) const { return identity(accel, root.path()); }
};

TEST_CASE("each fact that KVM depends on makes another identity, and is named") {
  struct Change {
    const char* file;
    std::string text;
    const char* name;
  };
  const MadeUpHost before;
  for (const auto& [file, text, name] :
       {Change{"proc/sys/kernel/osrelease", "6.1.0-19-amd64", "host kernel"},
        Change{"proc/sys/kernel/version", "#2 SMP", "host kernel"},
        Change{"proc/cpuinfo", MadeUpHost::cpuinfo("0xa20120a", "npt"), "CPU"},
        Change{"proc/cpuinfo", MadeUpHost::cpuinfo("0xa20120b", "svm npt"), "microcode"},
        Change{"sys/module/kvm_amd/parameters/nested", "0", "kvm parameters"},
        Change{"sys/module/kvm_amd/parameters/npt", "N", "kvm parameters"},
        Change{"sys/module/kvm_amd/parameters/new_in_7_0", "1", "kvm parameters"},
        Change{"sys/module/kvm/parameters/nx_huge_pages", "Y", "kvm parameters"},
        Change{"sys/module/kvm_intel/parameters/ept", "Y", "kvm parameters"},
        Change{"sys/devices/system/cpu/vulnerabilities/l1tf", "Vulnerable", "CPU mitigations"},
        Change{"sys/devices/system/cpu/smt/control", "off", "SMT"},
        Change{"sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never",
               "transparent huge pages"},
        Change{"usr/share/seabios/bios-256k.bin", "rel-1.17", "firmware"},
        Change{"usr/share/qemu/linuxboot_dma.bin", "a newer one", "firmware"},
        Change{"sys/kernel/mm/ksm/run", "1", "KSM"}}) {
    CAPTURE(file);
    const MadeUpHost after;
    after.set(file, text);
    Identity seen = after.seen(model::Accel::kvm);
    const Identity was = before.seen(model::Accel::kvm);
    CHECK(seen.at(name) != was.at(name));
    seen[name] = was.at(name);
    CHECK(seen == was);
  }
}

TEST_CASE("the clock of a CPU is no part of what it is, and TCG does not ask for KVM") {
  const MadeUpHost before, after;
  std::string cpuinfo = MadeUpHost::cpuinfo("0xa20120a", "svm npt");
  cpuinfo.replace(cpuinfo.find("3000.1"), 6, "1400.0");
  after.set("proc/cpuinfo", cpuinfo);
  CHECK(before.seen(model::Accel::kvm) == after.seen(model::Accel::kvm));
  after.set("sys/module/kvm_amd/parameters/nested", "0");
  CHECK(before.seen(model::Accel::tcg) == after.seen(model::Accel::tcg));
  after.set("proc/sys/kernel/osrelease", "6.12");
  CHECK(before.seen(model::Accel::tcg) != after.seen(model::Accel::tcg));
}

TEST_CASE("a host without KVM has an identity, too") {
  const util::ScratchDir nothing("kproof-test-");
  CHECK(identity(model::Accel::kvm, nothing.path()).at("kvm parameters").empty());
}
