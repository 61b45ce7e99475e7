// The source whose configs are bisected.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "cli/config_end.hpp"
#include "model/kernel.hpp"
#include "patch/patch.hpp"
#include "source/build_spec.hpp"
#include "source/builder.hpp"

namespace kproof::cli {

// All configs are of one commit, one series and one compiler, as they are when this is made; and of
// one build directory, so that each compiles what its symbols touch.
class ConfigSource {
 public:
  struct Setup {
    std::filesystem::path shipped;  // fragments
    bool as_root = false;
    int stop_fd = -1;  // borrowed
    std::function<void(const std::string&)> say;
  };
  ConfigSource(model::KernelSpec base, const ConfigEnd& good, Setup setup);
  ConfigSource(const ConfigSource&) = delete;
  ConfigSource& operator=(const ConfigSource&) = delete;

  std::string told() const;  // "linux-source-6.1 6.1.192-3, 2 patches"
  // As the tree's own kconfig finishes it. ConfigError names `option`.
  source::Finished finish(const char* option, const ConfigEnd& end) const;
  std::string finish(const std::filesystem::path& config) const;
  // The base with that config and no fragments.
  model::KernelSpec kernel_of(const std::filesystem::path& config) const;
  // Builds the base, of whatever config; any other kernel as usual.
  model::KernelArtifact fetch(const model::KernelSpec& spec,
                              const source::Settings& settings) const;
  // The command that builds the base with this config and fragment.
  std::string build_command(const std::filesystem::path& config,
                            const std::filesystem::path& fragment) const;

 private:
  const model::BuildSource& build() const { return std::get<model::BuildSource>(base_.source); }
  source::BuildSpec of_config(const model::BuildSource& build) const;

  const model::KernelSpec base_;
  const Setup setup_;
  source::Settings settings_;
  std::vector<patch::Patch> patches_;
  source::BuildSpec spec_;
};

}  // namespace kproof::cli
