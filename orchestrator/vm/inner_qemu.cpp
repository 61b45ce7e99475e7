#include "vm/inner_qemu.hpp"

#include <fmt/format.h>

#include "util/error.hpp"

namespace kproof::vm {
using model::Backing;

namespace {
// An argument vector that grows by options.
struct Arguments {
  std::vector<std::string> words;

  void add(const char* option) { words.emplace_back(option); }
  void add(const char* option, std::string value) {
    words.emplace_back(option);
    words.push_back(std::move(value));
  }
};
}  // namespace

// A comma in a value of a list is written twice.
static std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text)
    out.append(c == ',' ? 2 : 1, c);
  return out;
}

// Devices that nothing uses and that the kernel would probe, two exits a register: keyboard
// controller, SATA, SMBus, VMware's port; and the HPET, whose every read would be an exit.
static std::string machine(const InnerGuestSpec& spec) {
  return fmt::format(
      "q35,memory-backend=ram,i8042=off,vmport=off,sata=off,smbus=off,hpet=off,nvdimm={}",
      spec.nvdimm ? "on" : "off");
}

// The outer CPU as it is, with svm or vmx wherever the outer KVM has nested=1. But TCG (QEMU 7.2)
// does not let KVM intercept XSETBV: in one boot the outer KVM's tracepoint counted 1296 exits for
// CPUID and none for XSETBV. So it never learns the inner XCR0 and restores a stale one, and an
// inner 6.1 says "WARNING: ... XSAVE consistency problem: size 2696 != kernel_size 576". Without
// XSAVE, and so without AVX, there is no XCR0.
//
// "host" leaves out what cannot migrate: the invariant TSC. PMU: as domain_xml.cpp has it.
static std::string cpu(const InnerGuestSpec& spec) {
  const char* of_tcg = spec.outermost == model::Accel::tcg ? ",-xsave" : "";
  return fmt::format("host,migratable=off{}{}", of_tcg, spec.pmu ? "" : ",pmu=off");
}

static std::string memory_size(const InnerGuestSpec& spec) {
  std::string size = fmt::format("size={}k", spec.memory >> 10);
  // Room for the NVDIMM in the guest-physical address space, plus the gap that aligns it.
  if (spec.nvdimm != 0)
    size += fmt::format(",slots=2,maxmem={}k", (spec.memory + 2 * spec.nvdimm) >> 10);
  return size;
}

// Where a mapping of the file must begin so that huge entries can map it. QEMU takes the
// filesystem's block size, which is right for hugetlbfs; on tmpfs with huge=always it would map at
// an odd page and get no PMD, and mmap() of a devdax fails with EINVAL (both seen, QEMU 7.2).
static const char* file_alignment(Backing backing) {
  switch (backing) {
    case Backing::thp:
    case Backing::devdax_2m:
      return ",align=2M";
    case Backing::devdax_1g:
      return ",align=1G";
    case Backing::anonymous:
    case Backing::hugetlb_2m:
    case Backing::hugetlb_1g:
      break;
  }
  return "";
}

// Nothing is preallocated: hugetlb is reserved by mmap(), and the rest would cost a fault for each
// page.
static std::string ram(const InnerGuestSpec& spec) {
  const std::string size = fmt::format("id=ram,size={}k", spec.memory >> 10);
  if (!spec.memory_file.empty())
    return fmt::format("memory-backend-file,{},mem-path={},share=on{}", size,
                       escaped(spec.memory_file), file_alignment(spec.backing));
  switch (spec.backing) {
    case Backing::anonymous:
    case Backing::thp:
      return fmt::format("memory-backend-ram,{},merge=off", size);  // KSM is not the subject
    case Backing::hugetlb_2m:
      return fmt::format("memory-backend-memfd,{},hugetlb=on,hugetlbsize=2M,share=on", size);
    case Backing::hugetlb_1g:
      return fmt::format("memory-backend-memfd,{},hugetlb=on,hugetlbsize=1G,share=on", size);
    case Backing::devdax_2m:
    case Backing::devdax_1g:
      break;
  }
  throw ConfigError(fmt::format("the memory of {} cannot be devdax without a device", spec.name));
}

// Every end of the guest is an end of QEMU (-no-reboot, with panic=-1).
static void add_machine(Arguments& arguments, const InnerGuestSpec& spec) {
  arguments.add("-name", fmt::format("guest={},debug-threads=on", escaped(spec.name)));
  arguments.add("-accel", "kvm");
  arguments.add("-M", machine(spec));
  arguments.add("-cpu", cpu(spec));
  arguments.add("-smp", std::to_string(spec.vcpus));
  arguments.add("-m", memory_size(spec));
  arguments.add("-object", ram(spec));
  for (const char* option : {"-nodefaults", "-no-user-config", "-no-reboot"})
    arguments.add(option);
  arguments.add("-display", "none");
}

static void add_boot(Arguments& arguments, const InnerGuestSpec& spec) {
  arguments.add("-kernel", spec.kernel);
  arguments.add("-initrd", spec.initramfs);
  arguments.add("-append", spec.cmdline);
}

// QEMU makes them in this order: when it connects to the console, it listens for QMP.
static void add_ports(Arguments& arguments, const InnerGuestSpec& spec) {
  const auto connect = [](const char* id, const std::string& path) {
    return fmt::format("socket,id={},path={}", id, escaped(path));
  };
  if (!spec.qmp_socket.empty()) {
    arguments.add("-chardev", connect("qmp", spec.qmp_socket) + ",server=on,wait=off");
    arguments.add("-mon", "chardev=qmp,mode=control");
  }
  arguments.add("-chardev", connect("console", spec.console_socket));
  arguments.add("-serial", "chardev:console");
  arguments.add("-device", "virtio-serial-pci");
  arguments.add("-chardev", connect("agent", spec.agent_socket));
  arguments.add("-device", "virtserialport,chardev=agent,name=kproof.agent.0");
}

static void add_nvdimm(Arguments& arguments, const InnerGuestSpec& spec) {
  if (spec.nvdimm == 0) return;
  arguments.add("-object",
                fmt::format("memory-backend-file,id=nvdimm,size={}k,mem-path={},share=on",
                            spec.nvdimm >> 10, escaped(spec.nvdimm_file)));
  arguments.add("-device", "nvdimm,memdev=nvdimm");
}

std::vector<std::string> inner_qemu_argv(const InnerGuestSpec& spec) {
  Arguments arguments{{spec.emulator}};
  add_machine(arguments, spec);
  add_boot(arguments, spec);
  add_ports(arguments, spec);
  add_nvdimm(arguments, spec);
  return arguments.words;
}

}  // namespace kproof::vm
