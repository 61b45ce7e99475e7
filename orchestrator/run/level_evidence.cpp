#include "run/level_evidence.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "util/units.hpp"
#include "vm/domain_xml.hpp"

namespace kproof::run {
using model::Evidence;
using model::Mmu;

static constexpr const char* kPreempt = "/sys/kernel/debug/sched/preempt";
static const std::string kCounters = "/sys/kernel/debug/kvm/";

static std::string path_of(const std::string& parameter) {
  const auto dot = parameter.find('.');
  return "/sys/module/" + parameter.substr(0, dot) + "/parameters/" + parameter.substr(dot + 1);
}

std::vector<std::string> facts_to_ask(const model::Level& level) {
  std::vector<std::string> files;
  for (const auto& [name, value] : vm::module_parameters(level))
    files.push_back(path_of(name));
  if (!level.preempt.empty()) files.emplace_back(kPreempt);
  return files;
}

std::vector<std::string> facts_of_inner() {
  std::vector<std::string> files;
  for (const char* counter : {"pf_fixed", "pf_guest", "mmu_cache_miss"})
    files.push_back(kCounters + counter);
  return files;
}

std::vector<std::string> owed_evidence(const model::Level& level, bool inside, bool holds_guest) {
  std::vector<std::string> names;
  if (!vm::module_parameters(level).empty()) names.emplace_back("module_parameters");
  if (!level.preempt.empty()) names.emplace_back("preempt_model");
  if (!level.cmdline.empty()) names.emplace_back("kernel_parameters");
  if (holds_guest && level.mmu != Mmu::unsaid) names.emplace_back("mmu_mode_of_guest");
  if (inside) {
    names.emplace_back("runs_on_kvm");
    names.emplace_back("ram_backing");
  }
  return names;
}

// The kernel says Y and N for bools, whatever it was told.
static std::string normal(const std::string& value) {
  if (value == "Y" || value == "y" || value == "on") return "1";
  if (value == "N" || value == "n" || value == "off") return "0";
  return value;
}

// A parameter of the other vendor's module needs no proof where it is not there. A kernel with both
// modules built in has both, whatever its CPU: then both must be as declared, and so is the one
// that counts.
static bool of_other_vendor(const std::string& name, const agent::Facts& facts) {
  const auto has = [&](const std::string& parameter) {
    return facts.count(path_of(parameter)) != 0;
  };
  return !has(name) && ((name == "kvm_intel.ept" && has("kvm_amd.npt")) ||
                        (name == "kvm_amd.npt" && has("kvm_intel.ept")));
}

static Evidence module_parameters(const LevelFacts& level) {
  Evidence evidence{.name = "module_parameters", .proven = true, .of_plan = true};
  for (const auto& [name, wanted] : vm::module_parameters(level.declared)) {
    if (of_other_vendor(name, level.facts)) continue;
    const auto found = level.facts.find(path_of(name));
    const bool there = found != level.facts.end();
    evidence.proven &= there && normal(found->second) == normal(wanted);
    evidence.fact += fmt::format("{}{} is {}", evidence.fact.empty() ? "" : ", ", name,
                                 there ? found->second : "not there");
    if (there && normal(found->second) != normal(wanted))
      evidence.fact += fmt::format(" instead of {}", wanted);
  }
  return evidence;
}

// "none (voluntary) full": the one in brackets is in force.
static Evidence preempt_model(const LevelFacts& level) {
  const auto found = level.facts.find(kPreempt);
  Evidence evidence{.name = "preempt_model", .of_plan = true};
  if (found == level.facts.end()) {
    evidence.fact = std::string(kPreempt) + " is not there";
    return evidence;
  }
  evidence.proven = found->second.find("(" + level.declared.preempt + ")") != std::string::npos;
  evidence.fact = found->second;
  return evidence;
}

// A kernel hands a word that it does not know to init, and a misspelt one changes nothing. Of
// nokaslr only its decompressor knows.
static Evidence kernel_parameters(const LevelFacts& level) {
  Evidence evidence{.name = "kernel_parameters", .of_plan = true};
  const auto found = level.facts.find(std::string(agent::kUnknownWordsFact));
  if (found == level.facts.end()) {
    evidence.fact = "the agent did not tell which words the kernel did not know";
    return evidence;
  }
  std::istringstream words(found->second);
  const std::set<std::string> unknown{std::istream_iterator<std::string>(words), {}};
  std::vector<std::string> lost;
  for (const std::string& word : level.declared.cmdline)
    if (word != "nokaslr" && unknown.count(word)) lost.push_back(word);
  evidence.proven = lost.empty();
  evidence.fact =
      evidence.proven
          ? fmt::format("the kernel took {}", fmt::join(level.declared.cmdline, " "))
          : fmt::format("the kernel does not know {}, which `cmdline` has", fmt::join(lost, ", "));
  return evidence;
}

static std::optional<std::uint64_t> counter(const agent::Facts& facts, const std::string& name) {
  const auto found = facts.find(kCounters + name);
  if (found == facts.end()) return std::nullopt;
  return std::strtoull(found->second.c_str(), nullptr, 10);
}

// Only shadow paging intercepts the guest's own page faults and gives them back (pf_guest,
// kvm_inject_page_fault()), and any Linux guest has some. Only the shadow MMU's code looks shadow
// pages up (mmu_cache_miss, kvm_mmu_get_shadow_page()); with two-dimensional paging by the TDP MMU
// it does so for the page tables that the guest makes for guests of its own.
static Evidence mmu_mode_of_guest(const LevelFacts& level, bool guest_nests) {
  const auto fixed = counter(level.facts, "pf_fixed"), guest = counter(level.facts, "pf_guest"),
             miss = counter(level.facts, "mmu_cache_miss");
  Evidence evidence{.name = "mmu_mode_of_guest"};
  if (!fixed || !guest || !miss) {
    evidence.fact = "KVM's counters were not told while the guest ran";
    return evidence;
  }
  evidence.fact = fmt::format("pf_fixed {}, pf_guest {}, mmu_cache_miss {}", *fixed, *guest, *miss);
  switch (level.declared.mmu) {
    case Mmu::shadow:
      evidence.proven = *fixed > 0 && *guest > 0 && *miss > 0;
      break;
    case Mmu::tdp:
      evidence.proven = *fixed > 0 && *guest == 0 && (*miss > 0) == guest_nests;
      break;
    case Mmu::tdp_legacy:
      evidence.proven = *fixed > 0 && *guest == 0 && *miss > 0;
      break;
    case Mmu::unsaid:
      break;
  }
  return evidence;
}

static Evidence runs_on_kvm(const LevelFacts& inner) {
  const bool kvm = inner.hypervisor == "KVMKVMKVM";
  return {"runs_on_kvm", kvm, fmt::format("CPUID shows \"{}\"", inner.hypervisor)};
}

// What the agent says of the RAM of the guest inside: "BYTES FACT".
static Evidence ram_backing(const model::Level& inner, const agent::Facts& outer) {
  const auto found = outer.find(std::string(agent::kInnerRamFact));
  if (found == outer.end() || found->second.find(' ') == std::string::npos)
    return {"ram_backing", false, "nothing was told of its QEMU's memory"};
  const std::uint64_t page = std::strtoull(found->second.c_str(), nullptr, 10);
  return {"ram_backing", page == model::page_size(inner.backing),
          fmt::format("declared {}, pages of {}:{}", to_string(inner.backing),
                      util::format_size(page), found->second.substr(found->second.find(' ')))};
}

std::vector<Evidence> level_evidence(const LevelFacts& level, const LevelFacts* around,
                                     const LevelFacts* inside, bool inside_nests) {
  std::vector<Evidence> proofs;
  for (const std::string& name : owed_evidence(level.declared, around, inside))
    if (name == "module_parameters")
      proofs.push_back(module_parameters(level));
    else if (name == "preempt_model")
      proofs.push_back(preempt_model(level));
    else if (name == "kernel_parameters")
      proofs.push_back(kernel_parameters(level));
    else if (name == "mmu_mode_of_guest")
      proofs.push_back(mmu_mode_of_guest(level, inside_nests));
    else if (name == "runs_on_kvm")
      proofs.push_back(runs_on_kvm(level));
    else
      proofs.push_back(ram_backing(level.declared, around->facts));
  return proofs;
}

}  // namespace kproof::run
