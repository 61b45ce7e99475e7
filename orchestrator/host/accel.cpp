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

namespace kproof::host {

KvmFacts probe_kvm() {
  KvmFacts facts;
  const util::Fd kvm(::open("/dev/kvm", O_RDWR | O_CLOEXEC));
  facts.node_opens = static_cast<bool>(kvm);
  if (!kvm) facts.open_error = std::strerror(errno);
  facts.cpu_flag = has_cpu_flag("vmx") || has_cpu_flag("svm");
  facts.vendor_module = std::filesystem::exists("/sys/module/kvm_intel") ||
                        std::filesystem::exists("/sys/module/kvm_amd");
  if (!kvm || ::ioctl(kvm.get(), KVM_GET_API_VERSION, 0) != KVM_API_VERSION) return facts;
  facts.creates_vm = static_cast<bool>(util::Fd(::ioctl(kvm.get(), KVM_CREATE_VM, 0)));
  return facts;
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
    return tcg(fmt::format("/dev/kvm does not open: {}", facts.open_error),
               "add yourself to the group kvm");
  if (!facts.creates_vm)
    return tcg("/dev/kvm opens, but KVM_CREATE_VM fails", "look for kvm's lines in dmesg");
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
