#include "source/builder.hpp"

#include <fmt/format.h>

#include "patch/load.hpp"
#include "source/compilation.hpp"
#include "util/hash.hpp"

namespace kproof::source {
namespace fs = std::filesystem;
using patch::Patch;

std::vector<Patch> load_patches(const model::BuildSource& source) {
  std::vector<Patch> patches;
  const auto* git = std::get_if<model::GitRevision>(&source.tree);
  for (const std::string& where : source.patches) {
    const bool range = git && !fs::exists(where) && where.find("..") != std::string::npos;
    auto more = range ? patch::load_range(git->repository, where) : patch::load(where);
    patches.insert(patches.end(), std::make_move_iterator(more.begin()),
                   std::make_move_iterator(more.end()));
  }
  return patches;
}

static std::string hash_of_inputs(const BuildSpec& spec, const Patches& patches) {
  util::Hasher hasher;
  hasher.add(kRecipe).add(spec.base.identity).add(spec.config.identity);
  hasher.add(spec.toolchain.identity);
  for (std::size_t i = 0; i < patches.applied; ++i)
    hasher.add(patches.series[i].diff).add(std::to_string(patches.series[i].strip));
  return hasher.hex();
}

static std::string origin_of(const BuildSpec& spec, std::size_t patches) {
  if (patches == 0) return spec.name;
  return fmt::format("{}, {} {}", spec.name, patches, patches == 1 ? "patch" : "patches");
}

Built build(const BuildSpec& spec, const Patches& patches, const Settings& settings) {
  const std::string inputs = hash_of_inputs(spec, patches);
  const std::string origin = origin_of(spec, patches.applied);
  const fs::path entry = settings.kernels() / "built" / inputs;
  const bool reused = fs::exists(entry);
  Compilation compilation(spec, patches, settings, {.inputs = inputs, .origin = origin});
  kernel::make_once(
      entry, settings.say, [&](const fs::path& draft) { compilation.fill(draft); },
      settings.stop_fd);
  return {entry / "root", origin, reused};
}

Finished finish_config(const BuildSpec& spec, const Patches& patches, const Settings& settings) {
  return Compilation(spec, patches, settings,
                     {.inputs = hash_of_inputs(spec, patches) + "-config",
                      .origin = origin_of(spec, patches.applied)})
      .finished();
}

}  // namespace kproof::source
