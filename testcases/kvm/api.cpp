#include "kvm/api.hpp"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/sysfs.hpp"
#include "machine/hypervisor.hpp"
#include "machine/parked_cpus.hpp"

namespace kproof::kvm {

long ioctl(int fd, unsigned long request, const void* argument, const char* name,
           lib::safe::Place place) {
  return lib::safe::check(::ioctl(fd, request, argument), name, place);
}

// What explains that /dev/kvm is there or missing.
static std::string what_there_is() {
  using machine::Virtualisation;
  const Virtualisation offered = machine::virtualisation();
  if (offered == Virtualisation::none) return "the CPU has neither svm nor vmx";
  const bool svm = offered == Virtualisation::svm;
  const std::string flag = svm ? "svm" : "vmx", module = svm ? "kvm_amd" : "kvm_intel";
  if (!lib::sysfs::exists("/sys/module/" + module))
    return "the CPU has " + flag + ", but " + module + " is not loaded";
  return "the CPU has " + flag + " and " + module + " is loaded";
}

Kvm::Kvm() : fd_(::open("/dev/kvm", O_RDWR | O_CLOEXEC)) {
  if (fd_ < 0)
    lib::ktap::bail_out("open(/dev/kvm): %s; %s", std::strerror(errno), what_there_is().c_str());
  const machine::ParkedCpus parked;
  kept_vm_ = static_cast<int>(lib::safe::check(::ioctl(fd_, KVM_CREATE_VM, 0), "KVM_CREATE_VM"));
  kept_vcpu_ =
      static_cast<int>(lib::safe::check(::ioctl(kept_vm_, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU"));
}

Kvm::~Kvm() {
  const machine::ParkedCpus parked;
  ::close(kept_vcpu_);
  ::close(kept_vm_);
  ::close(fd_);
}

unsigned Kvm::value(long capability) const {
  const int value = ::ioctl(fd_, KVM_CHECK_EXTENSION, capability);
  return value > 0 ? static_cast<unsigned>(value) : 0;
}

void Kvm::prove_api(lib::Case& test) const {
  const int version = ::ioctl(fd_, KVM_GET_API_VERSION, 0);
  test.evidence("kvm_api", version == KVM_API_VERSION, "version %d, a vCPU was made; %s", version,
                what_there_is().c_str());
}

}  // namespace kproof::kvm
