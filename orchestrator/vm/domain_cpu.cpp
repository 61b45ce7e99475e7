#include "vm/domain_cpu.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "vm/domain_elements.hpp"

namespace kproof::vm {
using pugi::xml_node;

unsigned all_vcpus(const GuestSpec& spec) {
  return spec.level.vcpus + (spec.spare_cpu0 ? 1 : 0);
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
static void add_numa(xml_node cpu, const GuestSpec& spec) {
  const model::Level& level = spec.level;
  if (level.nvdimm == 0 && level.numa == 1) return;
  const std::uint64_t page = std::max<std::uint64_t>(page_size(level.backing), 2u << 20);
  xml_node numa = add(cpu, "numa");
  unsigned first = 0;
  for (unsigned node = 0; node < level.numa; ++node) {
    auto vcpus = static_cast<unsigned>(share(level.vcpus, 1, node, level.numa));
    if (node == 0) vcpus += all_vcpus(spec) - level.vcpus;
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

// TCG does `rep stosb` byte by byte: without ERMS and FSRM the kernel clears huge pages by words,
// and mm/hugetlb_1g_mprotect takes 1.7 s instead of 8.4 s.
static constexpr std::array kSlowUnderTcg{"erms", "fsrm"};

// A named model is taken as it is, or refused: libvirt would give another in its place (seen: kvm64
// for cpu64-rhel6, which QEMU 7.2 has no more). "maximum" is what the accelerator can do, so that
// under TCG it has svm, nested paging and pdpe1gb; and all of that, for no guest of ours migrates:
// what a migration would not keep is the invariant TSC.
void add_cpu(xml_node domain, const GuestSpec& spec) {
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
    for (const char* feature : kSlowUnderTcg)
      set_feature(cpu, feature, "disable");
    if (spec.realtime) set_feature(cpu, "invtsc", "require");
  }
  if (level.cpu.empty() && model == spec.pinned_cpu) add_pinned_features(cpu);
  add_numa(cpu, spec);
}

std::string cpu_model(const model::Level& level, const std::string& pinned) {
  if (!level.cpu.empty()) return level.cpu;
  return pinned.empty() ? "maximum" : pinned;
}

}  // namespace kproof::vm
