#include "host/accel.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>

#include "host/cpuinfo.hpp"
#include "util/error.hpp"
#include "util/fd.hpp"
#include "util/proc_file.hpp"
#include "util/text.hpp"

namespace kproof::host {

// A kernel with both built in shows both, whatever its CPU.
static const char* vendor_module() {
  return has_cpu_flag("svm") ? "kvm_amd" : "kvm_intel";
}

KvmFacts probe_kvm() {
  KvmFacts facts;
  const util::Fd kvm(::open("/dev/kvm", O_RDWR | O_CLOEXEC));
  facts.node_opens = static_cast<bool>(kvm);
  if (!kvm) facts.open_error = errno;
  facts.cpu_flag = has_cpu_flag("vmx") || has_cpu_flag("svm");
  facts.vendor_module = std::filesystem::exists(fmt::format("/sys/module/{}", vendor_module()));
  if (!kvm || ::ioctl(kvm.get(), KVM_GET_API_VERSION, 0) != KVM_API_VERSION) return facts;
  facts.creates_vm = static_cast<bool>(util::Fd(::ioctl(kvm.get(), KVM_CREATE_VM, 0)));
  if (!facts.creates_vm) facts.create_error = errno;
  if (const auto text =
          util::read_proc_file(fmt::format("/sys/module/{}/parameters/nested", vendor_module()));
      !text.empty())
    facts.nested = fmt::format("{}.nested={}", vendor_module(), util::chomp(text));
  return facts;
}

// By what open(2) of /dev/kvm says where the module is loaded.
static std::string way_to_open(int error) {
  switch (error) {
    case ENOENT:
      return "in a container it must be passed in (docker run --device /dev/kvm); else: mknod "
             "/dev/kvm c 10 232";
    case EACCES:
      return "add yourself to the group kvm (usermod -aG kvm USER) and log in again; `ls -l "
             "/dev/kvm` shows whose it is";
    case EPERM:
      return "the container's rules for devices forbid it: docker run --device /dev/kvm";
    case ENODEV:
    case ENXIO:
      return "the node is there and nothing behind it: look for kvm's lines in dmesg; the firmware "
             "may have virtualisation disabled";
    case EMFILE:
    case ENFILE:
      return "too many files are open: raise `ulimit -n`";
    default:
      return "look for kvm's lines in dmesg";
  }
}

// By what ioctl(2) KVM_CREATE_VM says.
static std::string way_to_create(int error) {
  switch (error) {
    case EBUSY:
      return "another hypervisor (VirtualBox, VMware) has the CPU's virtualisation: stop it and "
             "unload its module";
    case ENOMEM:
      return "there is no memory for a virtual machine: look at the limits of this container or "
             "cgroup";
    case EPERM:
    case EACCES:
      return "a security module (SELinux, AppArmor) or seccomp forbids it: look for its lines in "
             "dmesg";
    case EMFILE:
    case ENFILE:
      return "too many files are open: raise `ulimit -n`";
    default:
      return "look for kvm's lines in dmesg";
  }
}

Lack lack_of_nested(const KvmFacts& facts) {
  const std::size_t dot = facts.nested.find('.');
  if (!facts.nested.ends_with("=0") && !facts.nested.ends_with("=N")) return {};
  const std::string module = facts.nested.substr(0, dot);
  return {
      .fact = fmt::format("{} on this host: its guests have no KVM", facts.nested),
      .next_step = fmt::format("end all guests, then: modprobe -r {0} && modprobe {0} nested=1; "
                               "for good: echo options {0} nested=1 >/etc/modprobe.d/kvm.conf",
                               module)};
}

AccelChoice choose_accel(const KvmFacts& facts) {
  const auto tcg = [](std::string reason, std::string next_step) {
    return AccelChoice{model::Accel::tcg, std::move(reason), std::move(next_step)};
  };
  if (!facts.cpu_flag && facts.node_opens)
    return tcg(
        "/dev/kvm opens, but the CPU shows neither vmx nor svm: stock kernels do not boot on such "
        "a KVM",
        "enable nested virtualisation in the hypervisor of this machine");
  if (!facts.cpu_flag)
    return tcg("the CPU shows neither vmx nor svm",
               "enable virtualisation in the firmware or hypervisor");
  if (!facts.vendor_module)
    return tcg("neither kvm_intel nor kvm_amd is loaded", "modprobe kvm_intel, or kvm_amd");
  if (!facts.node_opens)
    return tcg(fmt::format("/dev/kvm does not open: {}", std::strerror(facts.open_error)),
               way_to_open(facts.open_error));
  if (!facts.creates_vm && facts.create_error == 0)
    return tcg("/dev/kvm opens, but speaks another version of KVM's interface than 12",
               "a kernel from 2.6.22 on has it");
  if (!facts.creates_vm)
    return tcg(fmt::format("/dev/kvm opens, but KVM_CREATE_VM fails: {}",
                           std::strerror(facts.create_error)),
               way_to_create(facts.create_error));
  return {model::Accel::kvm, "vmx or svm is there, its module is loaded, KVM_CREATE_VM works", ""};
}

AccelChoice resolve_accel(std::optional<model::Accel> wanted, const KvmFacts& facts) {
  AccelChoice best = choose_accel(facts);
  if (!wanted || *wanted == best.accel) return best;
  if (*wanted == model::Accel::kvm)
    throw HostError(fmt::format("--accel kvm: {}", best.reason), best.next_step);
  return {model::Accel::tcg, "asked for with --accel tcg", ""};
}

}  // namespace kproof::host
