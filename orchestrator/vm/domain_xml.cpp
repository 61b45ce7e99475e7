#include "vm/domain_xml.hpp"

#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pugixml.hpp>

#include "vm/domain_cpu.hpp"
#include "vm/domain_elements.hpp"
#include "vm/inner_qemu.hpp"

namespace kproof::vm {
using pugi::xml_node;

static void add_memory(xml_node domain, const model::Level& level) {
  if (level.nvdimm != 0) {
    // Room for the NVDIMM in the guest-physical address space, plus the gap that aligns it.
    set(add_size(domain, "maxMemory", level.memory + 2 * level.nvdimm), "slots", "2");
  }
  add_size(domain, "memory", level.memory + level.nvdimm);
  if (level.backing == model::Backing::anonymous) return;
  xml_node backing = add(domain, "memoryBacking");
  xml_node page = add(add(backing, "hugepages"), "page");
  set(page, "size", level.backing == model::Backing::hugetlb_1g ? "1" : "2");
  set(page, "unit", level.backing == model::Backing::hugetlb_1g ? "GiB" : "MiB");
  // Files would need a hugetlbfs mount that QEMU's user may write to, which many hosts have not.
  set(add(backing, "source"), "type", "memfd");
}

static void add_boot(xml_node domain, const GuestSpec& spec) {
  xml_node os = add(domain, "os");
  xml_node type = add(os, "type", "hvm");
  set(type, "arch", "x86_64");
  set(type, "machine", "q35");
  add(os, "kernel", spec.kernel);
  add(os, "initrd", spec.initramfs);
  add(os, "cmdline", spec.cmdline);
}

// Every end of the guest is an end of QEMU: a reset guest that booted again would hide its death.
static void add_ends(xml_node domain, const GuestSpec& spec) {
  add(domain, "on_poweroff", "destroy");
  add(domain, "on_reboot", "destroy");
  add(domain, "on_crash", spec.for_core ? "preserve" : "destroy");
}

static void add_console(xml_node devices, const GuestSpec& spec) {
  xml_node serial = add(devices, "serial");
  set(serial, "type", "file");
  set(add(serial, "source"), "path", spec.console_log);
  set(add(serial, "target"), "port", "0");
}

static void add_agent_port(xml_node devices, const GuestSpec& spec) {
  xml_node channel = add(devices, "channel");
  set(channel, "type", "unix");
  xml_node source = add(channel, "source");
  set(source, "mode", "connect");
  set(source, "path", spec.agent_socket);
  xml_node target = add(channel, "target");
  set(target, "type", "virtio");
  set(target, "name", "kproof.agent.0");
}

// <pmem/> is what keeps libvirt from writing the whole file first: 0.4 s and no page touched
// instead of 5 s and 4 GiB on tmpfs. QEMU then asks for MAP_SYNC and does without where the file
// has none.
static void add_nvdimm(xml_node devices, const GuestSpec& spec) {
  xml_node memory = add(devices, "memory");
  set(memory, "model", "nvdimm");
  set(memory, "access", "shared");
  xml_node source = add(memory, "source");
  add(source, "path", spec.nvdimm_file);
  add(source, "pmem");
  xml_node target = add(memory, "target");
  add_size(target, "size", spec.level.nvdimm);
  add(target, "node", "0");
}

// What the guest makes there belongs to QEMU's user, whoever the guest says that it is of (squash).
// A root holds several file systems, whose inodes may have equal numbers (remap).
static void add_share(xml_node devices, const Share& share) {
  xml_node system = add(devices, "filesystem");
  set(system, "type", "mount");
  set(system, "accessmode", "squash");
  set(system, "multidevs", "remap");
  set(add(system, "source"), "dir", share.directory);
  set(add(system, "target"), "dir", share.tag);
  if (!share.writable) add(system, "readonly");
}

static void add_devices(xml_node domain, const GuestSpec& spec) {
  xml_node devices = add(domain, "devices");
  if (!spec.emulator.empty()) add(devices, "emulator", spec.emulator);
  xml_node usb = add(devices, "controller");
  set(usb, "type", "usb");
  set(usb, "model", "none");
  for (const Share& share : spec.shares)
    add_share(devices, share);
  add_console(devices, spec);
  add_agent_port(devices, spec);
  if (spec.level.nvdimm != 0) add_nvdimm(devices, spec);
  set(add(devices, "panic"), "model", "isa");
  set(add(devices, "memballoon"), "model", "none");
}

// One element holds all that QEMU gets past libvirt; its schema has arguments before variables.
static xml_node commandline_of(xml_node domain) {
  const xml_node there = domain.child("qemu:commandline");
  return there ? there : add(domain, "qemu:commandline");
}

// PREEMPT_RT has no KVM without an invariant TSC ("kvm: RT requires X86_FEATURE_CONSTANT_TSC").
// TCG's is the host's, so it has one where the host has, but QEMU 7.2 shows it only if it is
// forced.
static void force_invariant_tsc(xml_node domain, const GuestSpec& spec) {
  if (!spec.realtime || spec.accel != model::Accel::tcg ||
      cpu_model(spec.level, spec.pinned_cpu) != "maximum")
    return;
  xml_node commandline = commandline_of(domain);
  for (const char* word : {"-global", "max-x86_64-cpu.x-force-features=on"})
    set(add(commandline, "qemu:arg"), "value", word);
}

// Before a guest runs, libvirt reads back each of its CPU's 400 properties, one qom-get each: half
// a second that nothing here needs. Told that QEMU lacks this capability it asks for the CPUID
// words.
static void skip_cpu_questions(xml_node domain) {
  set(domain, "xmlns:qemu", "http://libvirt.org/schemas/domain/qemu/1.0");
  set(add(add(domain, "qemu:capabilities"), "qemu:del"), "capability", "cpu-unavailable-features");
}

// A virtual PMU makes AMD's KVM deliver an NMI of which no handler knows, and unknown_nmi_panic
// (kernel_cmdline) would make that a crash of the kernel under test.
static void add_features(xml_node domain, const GuestSpec& spec) {
  xml_node features = add(domain, "features");
  add(features, "acpi");
  if (spec.accel == model::Accel::kvm)
    set(add(features, "pmu"), "state", spec.level.pmu ? "on" : "off");
  if (spec.for_core) set(add(features, "vmcoreinfo"), "state", "on");
}

static void add_user(xml_node domain, const GuestSpec& spec) {
  if (spec.run_as.empty()) return;
  xml_node variable = add(commandline_of(domain), "qemu:env");
  set(variable, "name", "KPROOF_RUN_AS");
  set(variable, "value", spec.run_as);
}

std::string domain_xml(const GuestSpec& spec) {
  pugi::xml_document document;
  xml_node domain = add(document, "domain");
  set(domain, "type", spec.accel == model::Accel::kvm ? "kvm" : "qemu");
  add(domain, "name", spec.name);
  add_memory(domain, spec.level);
  add(domain, "vcpu", std::to_string(all_vcpus(spec)));
  add_boot(domain, spec);
  add_features(domain, spec);
  add_cpu(domain, spec);
  add_ends(domain, spec);
  add_devices(domain, spec);
  skip_cpu_questions(domain);
  force_invariant_tsc(domain, spec);
  add_user(domain, spec);
  std::ostringstream text;
  document.save(text, "  ", pugi::format_indent | pugi::format_no_declaration);
  return text.str();
}

Parameters module_parameters(const model::Level& level) {
  Parameters parameters;
  if (level.mmu != model::Mmu::unsaid) {
    const bool tdp = level.mmu != model::Mmu::shadow;
    parameters.emplace_back("kvm_amd.npt", tdp ? "1" : "0");
    parameters.emplace_back("kvm_intel.ept", tdp ? "1" : "0");
    if (tdp) parameters.emplace_back("kvm.tdp_mmu", level.mmu == model::Mmu::tdp ? "1" : "0");
  }
  parameters.insert(parameters.end(), level.params.begin(), level.params.end());
  return parameters;
}

std::string kernel_cmdline(const model::Level& level, const std::vector<std::string>& of_case,
                           int depth) {
  std::vector<std::string> words{
      "console=ttyS0",
      // A bare pr_err at any level must reach the console.
      depth == 1 ? "ignore_loglevel" : inner_loglevel,
      "printk.time=1",      // the analyser tells the kernel's lines from a program's by their time
                            // stamp
      "printk.devkmsg=on",  // user space's lines are not rate limited away: the canary is one
      "panic=-1",           // a panic ends QEMU at once instead of idling until a deadline
      "oops=panic",         // nothing that runs after an oops proves anything
      "random.trust_cpu=on",
      // Of a guest that hangs, the diagnosis (run/diagnosis.hpp) asks by BREAK and sysrq where it
      // is, and where that is not answered by an NMI, which makes it panic and say so.
      "sysrq_always_enabled",
      "unknown_nmi_panic",
      // The TSC is the host's or the accelerator's, the timers that the clocksource watchdog
      // compares it with are QEMU's, which a busy host delays, also where KVM runs the guest (seen
      // on a KVM host that was a guest): the skew that it would report is not the kernel's doing.
      "tsc=nowatchdog",
      // A KVM guest takes it on trust, by itself, that its timer ticks (kvm_guest_init). Others let
      // it tick against the TSC, and panic where a busy host held it up: "IO-APIC + timer doesn't
      // work!", seen in 2 of 40 boots under TCG at a load of 12.
      "no_timer_check",
  };
  if (depth > 1) words.insert(words.end(), inner_kernel_words.begin(), inner_kernel_words.end());
  words.insert(words.end(), of_case.begin(), of_case.end());
  for (const auto& [name, value] : module_parameters(level))
    words.push_back(fmt::format("{}={}", name, value));
  if (!level.preempt.empty()) words.push_back("preempt=" + level.preempt);
  words.insert(words.end(), level.cmdline.begin(), level.cmdline.end());
  return fmt::format("{}", fmt::join(words, " "));
}

}  // namespace kproof::vm
