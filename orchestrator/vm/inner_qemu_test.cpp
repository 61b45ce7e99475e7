#include "vm/inner_qemu.hpp"

#include <doctest/doctest.h>

#include "testkit/golden.hpp"
#include "util/error.hpp"

using namespace kproof;

static vm::InnerGuestSpec inner_sample() {
  vm::InnerGuestSpec spec;
  spec.name = "l2";
  spec.emulator = "/usr/bin/qemu-system-x86_64";
  spec.vcpus = 2;
  spec.memory = 1ull << 30;
  spec.kernel = "/inner/2/kernel";
  spec.initramfs = "/inner/2/initramfs.cpio";
  spec.cmdline = "console=ttyS0 loglevel=6";
  spec.console_socket = "/run/kproof-inner-console";
  spec.agent_socket = "/run/kproof-inner-agent";
  spec.qmp_socket = "/run/kproof-inner-qmp";
  return spec;
}

// One option with its value a line.
static std::string check(const char* name, const vm::InnerGuestSpec& spec) {
  std::string text;
  for (const std::string& word : vm::inner_qemu_argv(spec)) {
    if (!text.empty()) text += word.starts_with('-') ? "\n" : " ";
    text += word;
  }
  return testkit::compare_golden(std::string(KPROOF_TEST_DIR "/golden/") + name, text + "\n");
}

static std::string ram_of(const vm::InnerGuestSpec& spec) {
  for (const std::string& word : vm::inner_qemu_argv(spec))
    if (word.starts_with("memory-backend") && word.find("id=ram") != word.npos) return word;
  return "";
}

TEST_CASE("an inner guest below TCG, with memory that only its QEMU has") {
  CHECK(check("inner_tcg.txt", inner_sample()) == "");
}

TEST_CASE("an inner guest on real hardware, with a shared devdax for RAM and an NVDIMM") {
  auto spec = inner_sample();
  spec.outermost = model::Accel::kvm;
  spec.backing = model::Backing::devdax_1g;
  spec.memory_file = "/dev/dax0.0";
  spec.nvdimm = 3ull << 30;
  spec.nvdimm_file = "/dev/shm/nvdimm,2";
  CHECK(check("inner_kvm_devdax_nvdimm.txt", spec) == "");
}

TEST_CASE("RAM of hugetlb pages needs no mount, unless somebody else is to map it") {
  auto spec = inner_sample();
  spec.backing = model::Backing::hugetlb_1g;
  CHECK(ram_of(spec) ==
        "memory-backend-memfd,id=ram,size=1048576k,hugetlb=on,hugetlbsize=1G,share=on");
  spec.memory_file = "/run/kproof-hugetlb/ram";
  CHECK(ram_of(spec) ==
        "memory-backend-file,id=ram,size=1048576k,mem-path=/run/kproof-hugetlb/ram,share=on");
}

TEST_CASE("a file that huge entries are to map is mapped at their alignment") {
  auto spec = inner_sample();
  spec.memory_file = "/run/ram";
  const auto aligned = [&](model::Backing backing) {
    spec.backing = backing;
    const std::string option = ram_of(spec);
    const auto at = option.find("align=");
    return at == option.npos ? "" : option.substr(at);
  };
  CHECK(aligned(model::Backing::anonymous) == "");
  CHECK(aligned(model::Backing::thp) == "align=2M");
  CHECK(aligned(model::Backing::hugetlb_1g) == "");
  CHECK(aligned(model::Backing::devdax_2m) == "align=2M");
  CHECK(aligned(model::Backing::devdax_1g) == "align=1G");
}

TEST_CASE("devdax without a device is refused") {
  auto spec = inner_sample();
  spec.backing = model::Backing::devdax_2m;
  CHECK_THROWS_AS(vm::inner_qemu_argv(spec), ConfigError);
}

TEST_CASE("no inner guest may run without KVM, and without QMP there is no monitor") {
  auto spec = inner_sample();
  spec.qmp_socket.clear();
  const auto argv = vm::inner_qemu_argv(spec);
  for (const std::string& word : argv) {
    CHECK(word.find("tcg") == word.npos);
    CHECK(word != "-mon");
  }
}
