#include "virt/cpu_models.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include <pugixml.hpp>

#include "virt/handles.hpp"
#include "virt/library.hpp"

namespace kproof::virt {

std::vector<std::string> cpu_models() {
  prepare_library();
  // The driver that libvirt has for tests: names of models need no hypervisor.
  const ConnectHandle connection(virConnectOpen("test:///default"));
  char** names = nullptr;
  const int count =
      connection ? virConnectGetCPUModelNames(connection.get(), "x86_64", &names, 0) : -1;
  std::vector<std::string> models(names, names + std::max(count, 0));
  for (char** name = names; name && *name; ++name)
    std::free(*name);
  std::free(names);
  return models;
}

// Newest first; each is in libvirt 9.0 and QEMU 7.2, and has nothing that a microcode update takes
// away (TSX). A model of the other vendor may be usable too, but KVM in the guest would not be.
struct Pinned {
  std::string_view vendor, model;
};
static constexpr std::array<Pinned, 4> kPinned{
    {{"AMD", "EPYC"}, {"AMD", "Opteron_G3"}, {"Intel", "Broadwell-noTSX"}, {"Intel", "Westmere"}}};

std::string pinned_cpu(const std::string& capabilities) {
  pugi::xml_document document;
  if (!document.load_string(capabilities.c_str())) return "";
  const pugi::xml_node cpu = document.child("domainCapabilities").child("cpu");
  const auto mode = [&](const char* name) {
    return cpu.find_child_by_attribute("mode", "name", name);
  };
  const std::string vendor = mode("host-model").child("vendor").text().as_string();
  for (const Pinned& wanted : kPinned)
    for (const pugi::xml_node model : mode("custom").children("model"))
      if (wanted.vendor == vendor && model.text().as_string() == wanted.model &&
          model.attribute("usable").as_string() == std::string_view("yes"))
        return std::string(wanted.model);
  return "";
}

}  // namespace kproof::virt
