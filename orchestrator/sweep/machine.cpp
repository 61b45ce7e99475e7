#include "sweep/machine.hpp"

#include "host/accel.hpp"
#include "host/cpuinfo.hpp"
#include "util/hash.hpp"
#include "util/subprocess.hpp"
#include "virt/library.hpp"

namespace kproof::sweep {

static constexpr const char* kQemu = "qemu-system-x86_64";

std::string version_in(const std::string& qemu_says) {
  const std::size_t at = qemu_says.find("version ");
  if (at == std::string::npos) return qemu_says;
  return qemu_says.substr(at + 8, qemu_says.find_first_of(" \n", at + 8) - at - 8);
}

Machine this_machine(model::Accel accel, const std::string& kproof, const std::string& connect) {
  const bool vmx = accel == model::Accel::kvm && host::has_cpu_flag("vmx");
  Machine machine{.accel = accel,
                  .kvm_module = vmx ? "kvm_intel" : "kvm_amd",
                  .hypervisor = host::hypervisor(),
                  .identity = host::identity(accel)};
  if (accel == model::Accel::kvm) machine.no_nesting = host::lack_of_nested(host::probe_kvm()).fact;
  machine.identity["kproof"] = kproof;
  // A version alone is the same for two builds of it.
  const std::string qemu_says = util::run_checked({.argv = {kQemu, "--version"}});
  machine.qemu = version_in(qemu_says);
  machine.identity["QEMU"] = qemu_says + util::hash_file(util::search_path(kQemu));
  machine.identity["libvirt"] = virt::library_version() + " " + connect;
  return machine;
}

}  // namespace kproof::sweep
