// A repository of made_up.hpp's tree and a cache, for tests; gone afterwards.
#pragma once

#include <filesystem>
#include <string>

#include "source/builder.hpp"
#include "source/made_up.hpp"
#include "util/error.hpp"

namespace kproof::source {
namespace fs = std::filesystem;

struct Bench : MadeUpTree {
  model::BuildSource source{.tree = model::GitRevision{tree, ""}, .fragments = {}};
  std::string said;
  Settings settings{.cache = scratch.path() / "cache",
                    .fragments = scratch.path() / "fragments",
                    .jobs = 1,
                    .say = [this](std::string_view line) { said.append(line).append("\n"); }};

  Bench() {
    write(settings.fragments / "kvm.config", "# A host.\nCONFIG_KVM=y\n");
    write(settings.fragments / "lost.config", "# Lost.\nCONFIG_LOST=y\n");
  }
  BuildSpec spec() const { return find_build_spec(source, settings); }
  std::filesystem::path kept_tree() const {
    return settings.kernels() / "trees" / spec().base.tree;
  }
  Built build() const { return kproof::source::build(spec(), {load_patches(source)}, settings); }
  std::string refusal() const {
    try {
      build();
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "built";
  }
  // The commit on top of v1 that makes mm/a.c this.
  void commit(const std::string& a) {
    write(tree / "mm/a.c", a);
    git("commit -qam 'mm: change a'");
    source.tree = model::GitRevision{tree, "v1"};
    source.patches = {"v1..main"};
  }
};

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace kproof::source
