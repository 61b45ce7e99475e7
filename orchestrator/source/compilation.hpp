// One kernel on its way from its spec and patches to the files that boot. Internal to
// source/.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "source/builder.hpp"
#include "source/make.hpp"
#include "source/site.hpp"
#include "util/files.hpp"

namespace kproof::source {

// Bumped when kproof makes another kernel of equal inputs.
inline constexpr std::string_view kRecipe = "1";

class Compilation {
 public:
  struct Name {
    std::string inputs;  // their hash
    std::string origin;  // for people
  };
  // Nothing is done, and nothing but `name` and `patches` is copied.
  Compilation(const BuildSpec& spec, const Patches& patches, const Settings& settings, Name name);

  // Builds, in the tree and with its lock held, and leaves in `draft` what builder.hpp says.
  void fill(const std::filesystem::path& draft) const;
  // Only configures, and leaves <build>/.config as it is.
  Finished finished() const;

 private:
  std::string name_of_build() const;
  void in_tree(const std::function<void(const Make&)>& work) const;
  void in_build(const Make& how, const std::function<void()>& work) const;
  void compile(const Make& how) const;
  void configure_if_needed(const Make& how) const;
  void stage_modules(const Make& how) const;
  void take_modules(const std::filesystem::path& stage, const std::filesystem::path& root) const;
  std::string release_of(const std::filesystem::path& build) const;
  void install(const Make& how, const std::filesystem::path& draft) const;
  [[noreturn]] void refuse(const Make& how, const Failed& failed) const;

  const BuildSpec& spec_;
  const std::vector<patch::Patch> patches_;  // what is built
  const Settings& settings_;
  const Name name_;
  const Site site_;
  const std::filesystem::path log_;
};

}  // namespace kproof::source
