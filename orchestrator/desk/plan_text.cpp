#include "desk/plan_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "desk/tree.hpp"

namespace kproof::desk {
using Json = nlohmann::ordered_json;

// JSON is YAML, and quotes whatever a path holds.
static Json tree_of(const model::BuildSource& build) {
  if (const auto* work = std::get_if<model::WorkTree>(&build.tree))
    return {{"directory", work->directory.string()}};
  if (const auto* package = std::get_if<model::SourcePackage>(&build.tree))
    return {{"package", package->package}};
  if (const auto* tarball = std::get_if<model::Tarball>(&build.tree))
    return {{"tarball", tarball->file.string()}};
  const auto& git = std::get<model::GitRevision>(build.tree);
  return {{"git", git.repository.string()}, {"revision", git.revision}};
}

static std::string kernel_line(const model::KernelSpec& kernel) {
  Json json{{"label", kernel.label}};
  if (const auto* path = std::get_if<model::PathSource>(&kernel.source)) {
    json["path"] = path->path.string();
  } else {
    const auto& build = std::get<model::BuildSource>(kernel.source);
    json["source"] = tree_of(build);
    if (!build.patches.empty()) json["patches"] = build.patches;
    json["config"] = build.config;
    if (!build.fragments.empty()) json["fragments"] = build.fragments;
  }
  return fmt::format("  {}: {}\n", kernel.name, json.dump());
}

static const char* topologies_of(Guests guests) {
  switch (guests) {
    case Guests::plain:
      return "l1";
    case Guests::shadow:
      return "l1-shadow";
    case Guests::tdp:
      return "l1-tdp";
    case Guests::shadow_and_tdp:
      return "l1-shadow, l1-tdp";
  }
  return "l1";
}

// mprotect called its notifier for each PMD before 6.12, for PUDs since.
static std::vector<std::string_view> args_of(const Offer& offer, const std::string& version) {
  auto args = offer.args;
  if (offer.test == "kvm/numa_balancing_sparse" && is_before(version, 6, 12))
    args.insert(args.end(), {"--notified-at", "pmd"});
  return args;
}

static std::string case_line(const Offer& offer, const std::string& version) {
  std::string line = fmt::format("  - {{ case: {}", offer.test);
  if (offer.name != offer.test) line += fmt::format(", as: {}", offer.name);
  if (const auto args = args_of(offer, version); !args.empty())
    line += ", args: " + Json(args).dump();
  return line + fmt::format(", topologies: [{}] }}\n", topologies_of(offer.guests));
}

std::string plan_text(const std::string& name, const std::vector<model::KernelSpec>& kernels,
                      const Choice& choice, const std::string& version, unsigned repetitions) {
  std::string text = fmt::format(
      "# What kproof chose. Keep it and change it: kproof run this-file.yaml\n"
      "schema: 1\nname: {}\n\nkernels:\n",
      Json(name).dump());
  for (const model::KernelSpec& kernel : kernels)
    text += kernel_line(kernel);
  text +=
      "\n# mmu: of the guest's KVM.\n"
      "topologies:\n  l1: { vcpus: 2, memory: 1G }\n"
      "  l1-shadow: { vcpus: 2, memory: 1G, mmu: shadow }\n"
      "  l1-tdp: { vcpus: 2, memory: 1G, mmu: tdp }\n\ncases:\n";
  for (const Chosen& one : choice.cases)
    text += case_line(*one.offer, version);
  text +=
      "\n# What a config lacks is told, and is no failure.\nexpect:\n"
      "  - case: \"*\"\n    verdict: [pass, skip]\n"
      "    skip: { reason: \"is not set in the kernel's config\" }\n"
      "    reason: the kernel's config lacks what the case needs\n";
  if (repetitions > 1) text += fmt::format("\nrepetitions: {}\n", repetitions);
  return text;
}

}  // namespace kproof::desk
