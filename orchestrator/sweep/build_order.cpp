#include "sweep/build_order.hpp"

#include <algorithm>
#include <map>

namespace kproof::sweep {

namespace {
struct NameOfTree {
  std::string operator()(const model::SourcePackage& it) const { return "package " + it.package; }
  std::string operator()(const model::Tarball& it) const { return "tar " + it.file.string(); }
  std::string operator()(const model::GitRevision& it) const {
    return "git " + it.repository.lexically_normal().string();
  }
  // A repository's revisions and its files as they are share a tree.
  std::string operator()(const model::WorkTree& it) const {
    return "git " + it.directory.lexically_normal().string();
  }
};
}  // namespace

Making making_of(const model::KernelSpec& spec) {
  const auto* build = std::get_if<model::BuildSource>(&spec.source);
  if (!build) return {.tree = "", .state = spec.name};
  Making making{.tree = std::visit(NameOfTree(), build->tree), .state = {}};
  if (const auto* git = std::get_if<model::GitRevision>(&build->tree)) making.state = git->revision;
  if (std::holds_alternative<model::WorkTree>(build->tree)) making.state = "as it is";
  for (const std::string& patch : build->patches)
    making.state += '\n' + patch;
  return making;
}

std::size_t most_builds(unsigned cores) {
  return std::clamp<std::size_t>(cores, 1, 4);
}

std::vector<std::size_t> startable(std::span<const Making> all, std::size_t most) {
  using Progress = Making::Progress;
  std::vector<std::size_t> chosen;
  std::size_t running =
      static_cast<std::size_t>(std::ranges::count(all, Progress::running, &Making::progress));
  std::map<std::string, std::string> held;  // by trees in which somebody builds
  for (const Making& one : all)
    if (one.progress == Progress::running) held[one.tree] = one.state;
  for (std::size_t i = 0; i < all.size() && running < most; ++i) {
    if (all[i].progress != Progress::waiting) continue;
    if (held.try_emplace(all[i].tree, all[i].state).first->second != all[i].state) continue;
    chosen.push_back(i);
    ++running;
  }
  return chosen;
}

unsigned jobs_each(unsigned cores, std::size_t at_once) {
  const auto builds = static_cast<unsigned>(at_once);
  return builds < 2 ? 0 : (cores + builds - 1) / builds;
}

}  // namespace kproof::sweep
