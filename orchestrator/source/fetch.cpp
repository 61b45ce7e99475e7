#include "source/fetch.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "kernel/store.hpp"
#include "source/space.hpp"
#include "timing/kinds.hpp"
#include "timing/records.hpp"
#include "util/error.hpp"

namespace kproof::source {
namespace fs = std::filesystem;

// Says in every error which kernel of the plan it is about.
template <class Work>
static auto with_place(const model::KernelSpec& spec, Work work) {
  const auto name = [&spec](const char* what) {
    return fmt::format("{}{}kernel {}: {}", spec.place, spec.place.empty() ? "" : ": ", spec.name,
                       what);
  };
  try {
    return work();
  } catch (const Unbuildable& error) {
    throw Unbuildable(name(error.what()), error.hint());
  } catch (const ConfigError& error) {
    throw ConfigError(name(error.what()), error.hint());
  } catch (const Interrupted&) {
    throw;
  } catch (const HostError& error) {
    throw HostError(name(error.what()), error.hint());
  } catch (const fs::filesystem_error& error) {
    if (error.code() != std::errc::no_space_on_device) throw HostError(name(error.what()));
    const fs::path target = error.path2().empty() ? error.path1() : error.path2();
    throw HostError(name(full_disk({target.parent_path()}).c_str()),
                    "free some space there, or set KPROOF_CACHE");
  }
}

BuildSpec find_build_spec(const model::KernelSpec& spec, const Settings& settings) {
  return with_place(
      spec, [&] { return find_build_spec(std::get<model::BuildSource>(spec.source), settings); });
}

static std::ptrdiff_t builds_in(const fs::path& tree) {
  std::error_code none;
  const fs::directory_iterator parts(tree, none);
  return std::count_if(begin(parts), end(parts), [](const fs::directory_entry& part) {
    return part.is_directory() && part.path().filename().string().starts_with("build-");
  });
}

// And keeps how long it took, for the estimate of the next.
static Built timed_build(const model::BuildSource& source, const BuildSpec& spec,
                         const Patches& patches, const Settings& settings) {
  const fs::path tree = settings.kernels() / "trees" / spec.base.tree;
  const auto before = builds_in(tree);
  const auto began = std::chrono::steady_clock::now();
  Built built = build(spec, patches, settings);
  const auto took = std::chrono::steady_clock::now() - began;
  if (!built.reused)
    timing::add(settings.cache, {{timing::keys_of_build(source, builds_in(tree) > before),
                                  {std::chrono::duration_cast<util::Millis>(took), 0}}});
  return built;
}

model::KernelArtifact fetch(const model::KernelSpec& spec, const BuildSpec& shared,
                            const Patches& patches, const Settings& settings) {
  const Built built = with_place(spec, [&] {
    return timed_build(std::get<model::BuildSource>(spec.source), shared, patches, settings);
  });
  model::KernelSpec found = spec;
  found.source = model::PathSource{built.root};
  model::KernelArtifact artifact =
      kernel::Store(settings.cache, settings.say, settings.stop_fd).fetch(found);
  artifact.origin = built.origin;
  return artifact;
}

model::KernelArtifact fetch(const model::KernelSpec& spec, const Settings& settings) {
  const auto* source = std::get_if<model::BuildSource>(&spec.source);
  if (!source) return kernel::Store(settings.cache, settings.say, settings.stop_fd).fetch(spec);
  const auto patches = with_place(spec, [&] { return load_patches(*source); });
  return fetch(spec, find_build_spec(spec, settings), {patches}, settings);
}

kernel::Progress now_and_then(kernel::Progress say) {
  using std::chrono::steady_clock;
  return [say = std::move(say), last = steady_clock::now()](std::string_view line) mutable {
    if (steady_clock::now() - last < std::chrono::seconds(30)) return;
    last = steady_clock::now();
    say(fmt::format("building: {}", line));
  };
}

}  // namespace kproof::source
