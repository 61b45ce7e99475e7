#include "vm/domain_xml.hpp"

#include <doctest/doctest.h>

#include "testkit/golden.hpp"

using namespace kproof;

static vm::GuestSpec sample() {
  vm::GuestSpec spec;
  spec.name = "kproof-1-0";
  spec.level = {.vcpus = 2, .memory = 2ull << 30};
  spec.emulator = "/usr/lib/kproof/qemu-tied";
  spec.kernel = "/cache/vmlinux";
  spec.initramfs = "/out/images/1.cpio";
  spec.cmdline = vm::kernel_cmdline(spec.level, {"hugepages=2"});
  spec.console_log = "/out/cells/a&b/console.log";
  spec.agent_socket = "/run/kproof/agent.sock";
  spec.nvdimm_file = "/dev/shm/kproof/nvdimm";
  return spec;
}

static std::string check(const char* name, const vm::GuestSpec& spec) {
  return testkit::compare_golden(std::string(KPROOF_TEST_DIR "/golden/") + name,
                                 vm::domain_xml(spec));
}

TEST_CASE("a plain guest under TCG") {
  CHECK(check("tcg.xml", sample()) == "");
}

TEST_CASE(
    "a guest whose memory is to be read stays when it crashes, and can leave its vmcoreinfo") {
  auto spec = sample();
  CHECK(vm::domain_xml(spec).find("<on_crash>destroy<") != std::string::npos);
  CHECK(vm::domain_xml(spec).find("vmcoreinfo") == std::string::npos);
  spec.for_core = true;
  CHECK(vm::domain_xml(spec).find("<on_crash>preserve<") != std::string::npos);
  CHECK(vm::domain_xml(spec).find("<vmcoreinfo state=\"on\"") != std::string::npos);
}

TEST_CASE("a PREEMPT_RT kernel under TCG gets the invariant TSC that its KVM wants") {
  auto spec = sample();
  CHECK(vm::domain_xml(spec).find("invtsc") == std::string::npos);
  spec.realtime = true;
  CHECK(check("tcg_realtime.xml", spec) == "");
  spec.accel = model::Accel::kvm;  // has it where the host has
  CHECK(vm::domain_xml(spec).find("x-force-features") == std::string::npos);
}

TEST_CASE("a guest with an NVDIMM gets slots, address space and a NUMA node for it") {
  auto spec = sample();
  spec.level.nvdimm = 4ull << 30;
  CHECK(check("nvdimm.xml", spec) == "");
}

TEST_CASE("a directory of the host is read-only, unless it is to be written to") {
  auto spec = sample();
  spec.shares = {{"/", "kproof-root"}, {"/home/a&b", "kproof-directory", true}};
  CHECK(check("shares.xml", spec) == "");
}

TEST_CASE("nodes divide vCPUs and memory, in whole pages; the NVDIMM is the first one's") {
  auto spec = sample();
  spec.level.numa = 3;
  spec.level.vcpus = 4;
  spec.level.memory = 2050ull << 20;
  spec.level.nvdimm = 4ull << 30;
  CHECK(check("numa.xml", spec) == "");
}

TEST_CASE("the CPU 0 that is spared comes on top, in the first node") {
  auto spec = sample();
  spec.spare_cpu0 = true;
  spec.level.numa = 2;
  const std::string xml = vm::domain_xml(spec);
  CHECK(xml.find("<vcpu>3</vcpu>") != xml.npos);
  CHECK(xml.find("<cell id=\"0\" cpus=\"0-1\"") != xml.npos);
  CHECK(xml.find("<cell id=\"1\" cpus=\"2\"") != xml.npos);
}

TEST_CASE(
    "a guest under KVM, with a named CPU and RAM from 1 GiB hugetlb pages, by a daemon's own "
    "QEMU") {
  auto spec = sample();
  spec.accel = model::Accel::kvm;
  spec.cmdline = vm::kernel_cmdline(spec.level, {"hugepages=2"});
  spec.emulator.clear();
  spec.level.cpu = "EPYC";
  spec.level.backing = model::Backing::hugetlb_1g;
  CHECK(check("kvm_hugetlb_1g.xml", spec) == "");
}

TEST_CASE("a level that names no CPU gets the pinned one, with what a hypervisor needs") {
  auto spec = sample();
  spec.accel = model::Accel::kvm;
  spec.pinned_cpu = "Westmere";
  const std::string pinned = vm::domain_xml(spec);
  CHECK(pinned.find("<model fallback=\"forbid\">Westmere</model>") != pinned.npos);
  CHECK(pinned.find("<feature policy=\"optional\" name=\"vmx\" />") != pinned.npos);
  spec.level.cpu = "maximum";
  CHECK(vm::domain_xml(spec).find("<cpu mode=\"maximum\" migratable=\"off\" />") !=
        std::string::npos);
  spec.level.cpu = "Westmere";  // named by the plan: as it is
  CHECK(vm::domain_xml(spec).find("optional") == std::string::npos);
  CHECK(vm::cpu_model({}, "") == "maximum");
}

TEST_CASE("a guest under KVM has a PMU only when asked") {
  auto spec = sample();
  spec.accel = model::Accel::kvm;
  CHECK(vm::domain_xml(spec).find("<pmu state=\"off\" />") != std::string::npos);
  spec.level.pmu = true;
  CHECK(vm::domain_xml(spec).find("<pmu state=\"on\" />") != std::string::npos);
}

TEST_CASE(
    "the command line has ours first, then the case's, then the topology's, which may override") {
  model::Level level;
  level.cmdline = {"panic=0"};
  const std::string line = vm::kernel_cmdline(level, {"hugepagesz=1G"});
  CHECK(line.starts_with("console=ttyS0 ignore_loglevel printk.time=1"));
  CHECK(line.ends_with("hugepagesz=1G panic=0"));
}

TEST_CASE(
    "a level's MMU mode, module parameters and preemption model are words of the command line") {
  model::Level level{.mmu = model::Mmu::shadow, .params = {{"kvm.nx_huge_pages", "off"}}};
  level.preempt = "full";
  CHECK(vm::kernel_cmdline(level, {}).ends_with(
      "kvm_amd.npt=0 kvm_intel.ept=0 kvm.nx_huge_pages=off preempt=full"));
  level = {.mmu = model::Mmu::tdp_legacy};
  CHECK(vm::kernel_cmdline(level, {}).ends_with("kvm_amd.npt=1 kvm_intel.ept=1 kvm.tdp_mmu=0"));
}

TEST_CASE("what is inside another guest has a quiet console") {
  const std::string inner = vm::kernel_cmdline({}, {}, 2);
  CHECK(inner.find(" loglevel=6 ") != std::string::npos);
  CHECK(inner.find("ignore_loglevel") == std::string::npos);
}

TEST_CASE("no level's kernel compares its TSC with timers that QEMU emulates") {
  for (const int depth : {1, 2, 3})
    for (const char* word : {" tsc=nowatchdog", " no_timer_check"})
      CHECK(vm::kernel_cmdline({}, {}, depth).find(word) != std::string::npos);
}
