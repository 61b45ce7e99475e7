#include "machine/devdax.hpp"

#include <cstring>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "machine/sysfs.hpp"

namespace kproof::machine {

static const std::string kNd = "/sys/bus/nd/devices/";
static const std::string kDax = "/sys/bus/dax/devices/";

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
    if (name.starts_with("namespace") && sysfs::read_number(kNd + name + "/size") >= size &&
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

// "" or which write failed.
static std::string write(const std::string& path, const std::string& value) {
  const int error = sysfs::try_write(path, value);
  return error ? "write \"" + value + "\" to " + path + ": " + std::strerror(error) : "";
}

// The order is the kernel's: align before namespace. `mode` ram keeps the struct pages in RAM.
static std::string make_devdax(const std::string& ns, std::size_t align) {
  const std::string seed = seed_of(ns);
  if (seed.empty()) return "the region of " + ns + " has no dax_seed";
  std::string error;
  if (!sysfs::link_name(kNd + ns + "/driver").empty())
    error = write(kNd + ns + "/driver/unbind", ns);
  const std::string uuid = sysfs::read("/proc/sys/kernel/random/uuid");
  for (const auto& [path, value] : std::initializer_list<std::pair<std::string, std::string>>{
           {kNd + seed + "/mode", "ram"},
           {kNd + seed + "/align", std::to_string(align)},
           {kNd + seed + "/uuid", uuid},
           {kNd + seed + "/namespace", ns},
           {"/sys/bus/nd/drivers/dax_pmem/bind", seed}})
    if (error.empty()) error = write(path, value);
  return error;
}

static std::string what_there_is() {
  std::string text;
  for (const std::string& name : sysfs::list(kDax))
    text += " " + name + " (align " + sysfs::read(kDax + name + "/align") + ", size " +
            sysfs::read(kDax + name + "/size") + ")";
  for (const std::string& name : sysfs::list(kNd))
    if (name.starts_with("namespace"))
      text += " " + name + " (size " + sysfs::read(kNd + name + "/size") + ", holder \"" +
              sysfs::read(kNd + name + "/holder") + "\")";
  return text.empty() ? " nothing" : text;
}

Devdax devdax(std::size_t align, std::size_t size, bool may_overwrite) {
  std::string name = find_devdax(align, size);
  const std::string ns = name.empty() ? find_namespace(size) : "";
  if (!ns.empty()) {
    if (!may_overwrite)
      return {"",
              ns + " would be overwritten; make a devdax yourself: ndctl create-namespace -f -e " +
                  ns + " -m devdax -a " + std::to_string(align)};
    const std::string error = make_devdax(ns, align);
    if (!error.empty()) return {"", error};
    name = find_devdax(align, size);
  }
  if (name.empty())
    return {"", "no devdax with align " + std::to_string(align) + " and " + std::to_string(size) +
                    " bytes, and none can be made; there is:" + what_there_is()};
  return {"/dev/" + name, ""};
}

}  // namespace kproof::machine
