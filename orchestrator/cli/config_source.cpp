#include "cli/config_source.hpp"

#include <fmt/format.h>

#include "kernel/store.hpp"
#include "source/fetch.hpp"
#include "util/error.hpp"
#include "util/units.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

static source::Settings in_one_directory(source::Settings settings) {
  settings.build = "config-bisect";
  return settings;
}

ConfigSource::ConfigSource(model::KernelSpec base, const ConfigEnd& good, Setup setup)
    : base_(std::move(base)), setup_(std::move(setup)) {
  const auto say = [this](std::string_view line) { setup_.say(std::string(line)); };
  settings_ = in_one_directory({.cache = kernel::default_cache(),
                                .fragments = setup_.shipped,
                                .as_root = setup_.as_root,
                                .stop_fd = setup_.stop_fd,
                                .say = say,
                                .live = source::now_and_then(say)});
  patches_ = source::load_patches(build());
  model::KernelSpec end = base_;
  end.source = good.build;
  spec_ = source::find_build_spec(end, settings_);
}

std::string ConfigSource::told() const {
  const std::string& origin = spec_.base.origin;
  if (patches_.empty()) return origin;
  return fmt::format("{}, {}", origin, util::format_count(patches_.size(), "patch", "patches"));
}

source::BuildSpec ConfigSource::of_config(const model::BuildSource& build) const {
  source::BuildSpec spec = spec_;
  spec.config = source::read_config_input(build.config, build.fragments, setup_.shipped);
  spec.name = fmt::format("{}, {}", spec.base.origin, fs::path(build.config).filename().string());
  for (const std::string& fragment : build.fragments)
    spec.name += " + " + fs::path(fragment).filename().string();
  return spec;
}

source::Finished ConfigSource::finish(const char* option, const ConfigEnd& end) const {
  setup_.say(fmt::format("{}: {}", option, end.told));
  try {
    return source::finish_config(of_config(end.build), {patches_}, settings_);
  } catch (const ConfigError& error) {
    throw ConfigError(fmt::format("{} {}: {}", option, end.told, error.what()), error.hint());
  }
}

std::string ConfigSource::finish(const fs::path& config) const {
  model::BuildSource build;
  build.config = config;
  return source::finish_config(of_config(build), {patches_}, settings_).config;
}

model::KernelSpec ConfigSource::kernel_of(const fs::path& config) const {
  model::BuildSource build = this->build();
  build.config = config;
  build.fragments.clear();
  model::KernelSpec kernel = base_;
  kernel.source = std::move(build);
  return kernel;
}

model::KernelArtifact ConfigSource::fetch(const model::KernelSpec& spec,
                                          const source::Settings& settings) const {
  if (spec.name != base_.name) return source::fetch(spec, settings);
  return source::fetch(spec, of_config(std::get<model::BuildSource>(spec.source)), {patches_},
                       in_one_directory(settings));
}

std::string ConfigSource::build_command(const fs::path& config, const fs::path& fragment) const {
  std::string words = "kproof build --source ";
  if (const auto* git = std::get_if<model::GitRevision>(&build().tree))
    words +=
        git->repository.string() + (git->revision.empty() ? "" : " --revision " + git->revision);
  else if (const auto* tarball = std::get_if<model::Tarball>(&build().tree))
    words += tarball->file.string();
  else if (const auto* work = std::get_if<model::WorkTree>(&build().tree))
    words += work->directory.string();
  else
    words += std::get<model::SourcePackage>(build().tree).package;
  for (const std::string& patch : build().patches)
    words += " --patches " + patch;
  if (!build().compiler.empty()) words += " --cc " + build().compiler;
  return fmt::format("{} --config {} --fragment {}", words, config.string(), fragment.string());
}

}  // namespace kproof::cli
