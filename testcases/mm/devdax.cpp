#include "mm/devdax.hpp"

#include <cstdlib>

#include <fcntl.h>
#include <sys/mman.h>

#include "lib/guest.hpp"
#include "lib/ktap.hpp"
#include "lib/safe.hpp"
#include "lib/sysfs.hpp"
#include "machine/devdax.hpp"

namespace kproof::mm {

Devdax::Devdax(std::size_t entry_size, std::size_t size) : Provider(entry_size, Kind::devdax) {
  const auto devdax = machine::devdax(entry_size, size, lib::in_throwaway_guest());
  if (!devdax.error.empty()) lib::ktap::bail_out("%s", devdax.error.c_str());
  name_ = devdax.node.substr(devdax.node.rfind('/') + 1);
  fd_ = lib::safe::open(devdax.node.c_str(), O_RDWR);
}

void* Devdax::map(std::size_t length) {
  return lib::safe::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
}

std::uint64_t Devdax::physical() const {
  const std::string start = lib::sysfs::read("/sys/bus/dax/devices/" + name_ + "/resource");
  return std::strtoull(start.c_str(), nullptr, 0);
}

lib::Needs with_devdax(lib::Needs needs) {
  for (const char* module : {"libnvdimm", "nfit", "nd_pmem", "device_dax", "dax_pmem"})
    needs.modules.push_back(module);
  for (const char* symbol : {"CONFIG_ACPI_NFIT", "CONFIG_BLK_DEV_PMEM", "CONFIG_NVDIMM_DAX",
                             "CONFIG_DEV_DAX", "CONFIG_DEV_DAX_PMEM"})
    needs.kconfig.push_back(symbol);
  return needs;
}

}  // namespace kproof::mm
