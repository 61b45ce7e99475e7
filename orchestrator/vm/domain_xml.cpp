#include "vm/domain_xml.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pugixml.hpp>

#include "vm/inner_qemu.hpp"

namespace kproof::vm {
using pugi::xml_node;

static xml_node add(xml_node parent, const char* name, const std::string& text = "") {
  xml_node node = parent.append_child(name);
  if (!text.empty()) node.text().set(text.c_str());
  return node;
}

static void set(xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(value.c_str());
}

static xml_node add_size(xml_node parent, const char* name, std::uint64_t bytes) {
  xml_node node = add(parent, name, std::to_string(bytes >> 10));
  set(node, "unit", "KiB");
  return node;
}

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

static void set_feature(xml_node cpu, const char* name, const char* policy) {
  xml_node feature = add(cpu, "feature");
  set(feature, "policy", policy);
  set(feature, "name", name);
}

// What a test of mm and KVM wants of a CPU, and named models lack or have by chance.
static void add_pinned_features(xml_node cpu) {
  for (const char* name : {"vmx", "svm", "pdpe1gb", "invtsc"})
    set_feature(cpu, name, "optional");
}

// The share of node `node`: of vCPUs as even as it goes, of memory in whole pages, the first node
// having what is left over.
static std::uint64_t share(std::uint64_t total, std::uint64_t unit, unsigned node, unsigned nodes) {
  const std::uint64_t even = total / unit / nodes * unit;
  return node == 0 ? total - even * (nodes - 1) : even;
}

// ACPI's distances: 10 is local, 20 twice as far; Linux takes these where nothing is said, and
// libvirt wants all of them said.
static void add_distances(xml_node cell, unsigned nodes, unsigned from) {
  xml_node distances = add(cell, "distances");
  for (unsigned to = 0; to < nodes; ++to) {
    xml_node sibling = add(distances, "sibling");
    set(sibling, "id", std::to_string(to));
    set(sibling, "value", to == from ? "10" : "20");
  }
}

// An NVDIMM belongs to a node, so there must be one.
static void add_numa(xml_node cpu, const model::Level& level) {
  if (level.nvdimm == 0 && level.numa == 1) return;
  const std::uint64_t page = std::max<std::uint64_t>(page_size(level.backing), 2u << 20);
  xml_node numa = add(cpu, "numa");
  unsigned first = 0;
  for (unsigned node = 0; node < level.numa; ++node) {
    const auto vcpus = static_cast<unsigned>(share(level.vcpus, 1, node, level.numa));
    xml_node cell = add(numa, "cell");
    set(cell, "id", std::to_string(node));
    set(cell, "cpus",
        vcpus == 1 ? std::to_string(first) : fmt::format("{}-{}", first, first + vcpus - 1));
    set(cell, "memory", std::to_string(share(level.memory, page, node, level.numa) >> 10));
    set(cell, "unit", "KiB");
    if (level.numa > 1) add_distances(cell, level.numa, node);
    first += vcpus;
  }
}

// What TCG shows and does badly. `rep stosb` goes byte by byte: without ERMS and FSRM the kernel
// clears huge pages by words, and mm/hugetlb_1g_mprotect takes 1.7 s instead of 8.4 s. A LOCK
// CMPXCHG16B, which SLUB uses where it can, stops all CPUs of QEMU 7.2 (cpu_exec_step_atomic), and
// then a guest inside may exit twice at once: its VMCB gets its hypervisor's own state (seen in
// ci/kvm-host: RIP behind VMRUN, CR3 and stack of the hypervisor), and it faults on its own text
// for ever, or its hypervisor dies of a page fault with the guest's GS.
static constexpr std::array kBadUnderTcg{"erms", "fsrm", "cx16"};

// A named model is taken as it is, or refused: libvirt would give another in its place (seen: kvm64
// for cpu64-rhel6, which QEMU 7.2 has no more). "maximum" is what the accelerator can do, so that
// under TCG it has svm, nested paging and pdpe1gb; and all of that, for no guest of ours migrates:
// what a migration would not keep is the invariant TSC.
static void add_cpu(xml_node domain, const GuestSpec& spec) {
  const model::Level& level = spec.level;
  const std::string model = cpu_model(level, spec.pinned_cpu);
  xml_node cpu = add(domain, "cpu");
  if (model == "maximum" || model == "host-passthrough") {
    set(cpu, "mode", model);
    set(cpu, "migratable", "off");
  } else {
    set(cpu, "mode", "custom");
    set(cpu, "match", "exact");
    set(add(cpu, "model", model), "fallback", "forbid");
  }
  if (spec.accel == model::Accel::tcg && model == "maximum") {
    for (const char* feature : kBadUnderTcg)
      set_feature(cpu, feature, "disable");
    if (spec.realtime) set_feature(cpu, "invtsc", "require");
  }
  if (level.cpu.empty() && model == spec.pinned_cpu) add_pinned_features(cpu);
  add_numa(cpu, level);
}

// Every end of the guest is an end of QEMU: a reset guest that booted again would hide its death.
static void add_ends(xml_node domain) {
  add(domain, "on_poweroff", "destroy");
  add(domain, "on_reboot", "destroy");
  add(domain, "on_crash", "destroy");
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

static void add_devices(xml_node domain, const GuestSpec& spec) {
  xml_node devices = add(domain, "devices");
  if (!spec.emulator.empty()) add(devices, "emulator", spec.emulator);
  xml_node usb = add(devices, "controller");
  set(usb, "type", "usb");
  set(usb, "model", "none");
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
}

std::string cpu_model(const model::Level& level, const std::string& pinned) {
  if (!level.cpu.empty()) return level.cpu;
  return pinned.empty() ? "maximum" : pinned;
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
  add(domain, "vcpu", std::to_string(spec.level.vcpus));
  add_boot(domain, spec);
  add_features(domain, spec);
  add_cpu(domain, spec);
  add_ends(domain);
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
      // Of a guest that hangs, the playbook (run/playbook.hpp) asks by BREAK and sysrq where it is,
      // and where that is not answered by an NMI, which makes it panic and say so.
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
