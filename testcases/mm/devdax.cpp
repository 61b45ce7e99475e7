#include "mm/devdax.hpp"

#include <string_view>

#include <fcntl.h>
#include <sys/mman.h>

#include "lib/guest.hpp"
#include "lib/ktap.hpp"
#include "lib/safe.hpp"
#include "lib/sysfs.hpp"

namespace kproof::mm {

namespace sysfs = lib::sysfs;

static const std::string kNd = "/sys/bus/nd/devices/";
static const std::string kDax = "/sys/bus/dax/devices/";

static bool starts_with(const std::string& text, const char* prefix) {
  return text.rfind(prefix, 0) == 0;
}

// "dax0.0" of a device that device_dax drives, with this alignment and at least this size; or "".
static std::string find_devdax(std::size_t align, std::size_t size) {
  for (const std::string& name : sysfs::list(kDax))
    if (sysfs::link_name(kDax + name + "/driver") == "device_dax" &&
        sysfs::read_number(kDax + name + "/align") == align &&
        sysfs::read_number(kDax + name + "/size") >= size)
      return name;
  return "";
}

// A namespace that has memory and that no btt, pfn or dax device holds; or "".
static std::string find_namespace(std::size_t size) {
  for (const std::string& name : sysfs::list(kNd))
    if (starts_with(name, "namespace") && sysfs::read_number(kNd + name + "/size") >= size &&
        sysfs::read(kNd + name + "/holder").empty())
      return name;
  return "";
}

// Each region keeps one dax device without a namespace, to be configured: the seed.
static std::string seed_of(const std::string& ns) {
  constexpr std::size_t kPrefix = std::string_view("namespace").size();  // of "namespace0.1"
  const std::string region = ns.substr(kPrefix, ns.find('.') - kPrefix);
  return sysfs::read("/sys/bus/nd/devices/region" + region + "/dax_seed");
}

static void unbind(const std::string& device) {
  if (!sysfs::link_name(kNd + device + "/driver").empty())
    sysfs::write(kNd + device + "/driver/unbind", device);
}

// The order is the kernel's: align before namespace. `mode` ram keeps the struct pages in RAM.
static void make_devdax(const std::string& ns, std::size_t align) {
  const std::string seed = seed_of(ns);
  if (seed.empty()) lib::ktap::bail_out("the region of %s has no dax_seed", ns.c_str());
  unbind(ns);
  sysfs::write(kNd + seed + "/mode", "ram");
  sysfs::write(kNd + seed + "/align", std::to_string(align));
  sysfs::write(kNd + seed + "/uuid", sysfs::read("/proc/sys/kernel/random/uuid"));
  sysfs::write(kNd + seed + "/namespace", ns);
  sysfs::write("/sys/bus/nd/drivers/dax_pmem/bind", seed);
}

static std::string what_there_is() {
  std::string text;
  for (const std::string& name : sysfs::list(kDax))
    text += " " + name + " (align " + sysfs::read(kDax + name + "/align") + ", size " +
            sysfs::read(kDax + name + "/size") + ")";
  for (const std::string& name : sysfs::list(kNd))
    if (starts_with(name, "namespace"))
      text += " " + name + " (size " + sysfs::read(kNd + name + "/size") + ", holder \"" +
              sysfs::read(kNd + name + "/holder") + "\")";
  return text.empty() ? " nothing" : text;
}

Devdax::Devdax(std::size_t entry_size, std::size_t size)
    : Provider(entry_size, PartOfEntry::refused) {
  std::string name = find_devdax(entry_size, size);
  const std::string ns = name.empty() ? find_namespace(size) : "";
  if (!ns.empty()) {
    if (!lib::in_throwaway_guest())
      lib::ktap::bail_out(
          "%s would be overwritten; make a devdax yourself: ndctl create-namespace "
          "-f -e %s -m devdax -a %zu",
          ns.c_str(), ns.c_str(), entry_size);
    make_devdax(ns, entry_size);
    name = find_devdax(entry_size, size);
  }
  if (name.empty())
    lib::ktap::bail_out("no devdax with align %zu and %zu bytes, and none can be made; there is:%s",
                        entry_size, size, what_there_is().c_str());
  fd_ = lib::safe::open(("/dev/" + name).c_str(), O_RDWR);
}

void* Devdax::map(std::size_t length) {
  return lib::safe::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
}

}  // namespace kproof::mm
