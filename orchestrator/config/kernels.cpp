#include <cctype>

#include <fmt/format.h>

#include "config/kernel_word.hpp"
#include "config/sections.hpp"

namespace kproof::config {
namespace fs = std::filesystem;

static std::optional<model::PackageSource> read_package(Problems& problems,
                                                        const MaybeValue& value) {
  const auto name = text(problems, value);
  if (!name) return std::nullopt;
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789+-.";
  if (name->find_first_not_of(allowed) == std::string::npos && std::isalnum(name->front()))
    return model::PackageSource{*name};
  problems.add(value->mark, fmt::format("`{}` is no name of a Debian package", *name),
               "for example linux-image-amd64; `apt-cache search linux-image` lists them");
  return std::nullopt;
}

fs::path resolve(const std::string& path, const Location& location) {
  if (path == "~" || path.starts_with("~/"))
    return (location.home / fs::path(path).lexically_relative("~")).lexically_normal();
  return (location.directory / path).lexically_normal();
}

static std::optional<fs::path> read_file_name(Problems& problems, const MaybeValue& value,
                                              const Location& location) {
  const auto path = text(problems, value);
  return path ? std::optional(resolve(*path, location)) : std::nullopt;
}

static std::optional<model::PathSource> read_path(Problems& problems, const MaybeValue& value,
                                                  const Location& location) {
  const auto path = read_file_name(problems, value, location);
  return path ? std::optional(model::PathSource{*path}) : std::nullopt;
}

model::SourceTree read_tree(Problems& problems, const Value& value, const Location& location) {
  model::SourceTree tree;
  const Map map(problems, value, {"git", "revision", "package", "tarball", "directory"});
  const auto git = map.find("git"), package = map.find("package"), tarball = map.find("tarball"),
             as_it_is = map.find("directory");
  const int given =
      git.has_value() + package.has_value() + tarball.has_value() + as_it_is.has_value();
  if (value.node.IsMap() && given != 1 && !(given == 0 && map.has_refused()))
    problems.add(
        value.mark, "`source` needs one of `git`, `directory`, `package` and `tarball`",
        "{ git: ../linux, revision: v6.1 }, { directory: ../linux } with its files as they "
        "are, { package: linux-source-6.1 } or { tarball: linux-6.1.tar.xz }");
  if (const auto name = read_package(problems, package)) tree = model::SourcePackage{name->package};
  if (const auto file = read_file_name(problems, tarball, location)) tree = model::Tarball{*file};
  if (const auto directory = read_file_name(problems, as_it_is, location))
    tree = model::WorkTree{*directory};
  if (const auto directory = read_file_name(problems, git, location))
    tree = model::GitRevision{*directory, text(problems, map.find("revision")).value_or("")};
  if (const auto revision = map.find("revision"); revision && !git)
    problems.add(revision->key, "`revision` is for a `git` tree");
  return tree;
}

// "v6.1..mine", of a git tree; "../patches" and "a/../b" are paths.
static bool is_range(const model::BuildSource& source, const std::string& text) {
  return std::holds_alternative<model::GitRevision>(source.tree) &&
         text.find("..") != std::string::npos && text.find("/..") == std::string::npos &&
         std::string("./~").find(text.front()) == std::string::npos;
}

static model::BuildSource read_build(Problems& problems, const Map& map, const Value& tree,
                                     const Location& location) {
  model::BuildSource source;
  source.tree = read_tree(problems, tree, location);
  for (const std::string& patches : text_or_texts(problems, map.find("patches")))
    source.patches.push_back(is_range(source, patches) ? patches
                                                       : resolve(patches, location).string());
  if (const auto config = text(problems, map.find("config")))
    source.config = *config == "tinyconfig" || *config == "defconfig"
                        ? *config
                        : resolve(*config, location).string();
  assign(source.compiler, text(problems, map.find("compiler")));
  // A word is a shipped fragment, as on the command line.
  for (const std::string& fragment : texts(problems, map.find("fragments")))
    source.fragments.push_back(fragment.find_first_of("/.") == std::string::npos
                                   ? fragment
                                   : resolve(fragment, location).string());
  return source;
}

// A kernel in one word.
static void read_word(Problems& problems, const Value& value, const Location& location,
                      model::KernelSpec& kernel) {
  const auto word = text(problems, value);
  if (!word) return;
  if (const auto package = package_of(*word)) {
    kernel.source = *package;
  } else if (!is_tag(*word)) {
    if (word->find('/') == std::string::npos && !word->starts_with('.') && *word != "~")
      problems.add(value.mark, fmt::format("`{}` names no kernel", *word),
                   "v6.12, a tag of the git tree in `tree:`; debian:6.12, linux-image-amd64; or a "
                   "path: ./bzImage, ../linux");
    kernel.source = model::PathSource{resolve(*word, location)};
  } else if (location.tree.empty()) {
    problems.add(value.mark, fmt::format("`{}` is a tag, and the plan names no git tree", *word),
                 "add `tree: ../linux` at the top of the plan");
  } else {
    kernel.source = small_build(location.tree, *word);
  }
}

const std::vector<std::string>& kernel_keys() {
  static const std::vector<std::string> kKeys{"label",   "package", "path",      "source",
                                              "patches", "config",  "fragments", "compiler"};
  return kKeys;
}

void read_kernel(Problems& problems, const Value& value, const Location& location,
                 model::Plan& plan) {
  if (!check_name(problems, value.key, value.name)) return;
  check_new(problems, value, "kernel", plan.kernels);
  model::KernelSpec kernel{
      .name = value.name, .label = value.name, .source = {}, .place = problems.place(value.key)};
  if (value.node.IsScalar()) {
    read_word(problems, value, location, kernel);
    plan.kernels.push_back(std::move(kernel));
    return;
  }
  const Map map(problems, value, kernel_keys());
  assign(kernel.label, text(problems, map.find("label")));
  const auto package = map.find("package"), path = map.find("path"), tree = map.find("source");
  const int given = package.has_value() + path.has_value() + tree.has_value();
  if (value.node.IsMap() && given != 1 && !(given == 0 && map.has_refused()))
    problems.add(value.mark,
                 fmt::format("kernel `{}` needs one of `package`, `path` and `source`{}",
                             value.name, given > 1 ? ", not more" : ""),
                 "package: a Debian package; path: a bzImage, vmlinux, build tree, .deb or .rpm; "
                 "source: "
                 "what to build");
  for (const char* key : {"patches", "config", "fragments", "compiler"})
    if (const auto lone = map.find(key); lone && !tree)
      problems.add(lone->key, fmt::format("`{}` is for a kernel that is built", key),
                   "add `source:`");
  assign(kernel.source, read_package(problems, package));
  assign(kernel.source, read_path(problems, path, location));
  if (tree) kernel.source = read_build(problems, map, *tree, location);
  plan.kernels.push_back(std::move(kernel));
}

void read_kernels(Problems& problems, const MaybeValue& value, const Location& location,
                  model::Plan& plan) {
  if (!value) return;
  const Map map(problems, *value, {});
  for (const auto& kernel : map.entries())
    read_kernel(problems, kernel, location, plan);
  if (value->node.IsMap() && value->node.size() == 0)
    problems.add(value->mark, "`kernels` is empty", "name at least one kernel");
}

}  // namespace kproof::config
