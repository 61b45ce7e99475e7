#include <cctype>

#include <fmt/format.h>

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

static std::optional<model::PathSource> read_path(Problems& problems, const MaybeValue& value,
                                                  const Location& location) {
  const auto path = text(problems, value);
  if (!path) return std::nullopt;
  if (*path == "~" || path->starts_with("~/"))
    return model::PathSource{
        (location.home / fs::path(*path).lexically_relative("~")).lexically_normal()};
  return model::PathSource{(location.directory / *path).lexically_normal()};
}

static void read_kernel(Problems& problems, const Value& value, const Location& location,
                        model::Plan& plan) {
  if (!check_name(problems, value.key, value.name)) return;
  const Map map(problems, value, {"label", "package", "path"});
  model::KernelSpec kernel{
      .name = value.name, .label = value.name, .source = {}, .place = problems.place(value.key)};
  assign(kernel.label, text(problems, map.find("label")));
  const auto package = map.find("package"), path = map.find("path");
  if (value.node.IsMap() && package.has_value() == path.has_value())
    problems.add(value.mark,
                 fmt::format("kernel `{}` needs one of `package` and `path`{}", value.name,
                             package ? ", not both" : ""),
                 "package: a Debian package; path: a bzImage, vmlinux, build tree or .deb");
  assign(kernel.source, read_package(problems, package));
  assign(kernel.source, read_path(problems, path, location));
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
