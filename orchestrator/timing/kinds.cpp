#include "timing/kinds.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kproof::timing {

static std::string shape_of(const std::vector<model::Level>& levels) {
  std::string shape = fmt::format("{} {}", levels.size(), levels.size() == 1 ? "level" : "levels");
  if (!levels.empty() && levels.front().mmu != model::Mmu::unsaid)
    shape += fmt::format(", {}", to_string(levels.front().mmu));
  return shape;
}

std::vector<std::string> keys_of_cell(const std::string& accel, const std::string& test,
                                      const std::vector<model::Level>& levels,
                                      const std::string& kernel) {
  const std::string shape = shape_of(levels);
  const std::string of_case = fmt::format("cell: {}, {}, {}", accel, shape, test);
  return {fmt::format("{}, {}", of_case, kernel), of_case,
          fmt::format("cell: {}, {}", accel, shape)};
}

std::vector<std::string> keys_of_build(const model::BuildSource& source, bool first) {
  const std::string word = first ? "first build" : "next build";
  const std::string of_config = fmt::format("{}: {}", word, name_of_config(source));
  return {fmt::format("{} of {}", of_config, name_of_tree(source)), of_config, word};
}

std::string name_of_tree(const model::BuildSource& source) {
  if (const auto* package = std::get_if<model::SourcePackage>(&source.tree))
    return package->package;
  if (const auto* tarball = std::get_if<model::Tarball>(&source.tree))
    return tarball->file.string();
  if (const auto* work = std::get_if<model::WorkTree>(&source.tree))
    return work->directory.string();
  return std::get<model::GitRevision>(source.tree).repository.string();
}

std::string name_of_config(const model::BuildSource& source) {
  std::string name = source.config;
  if (!source.fragments.empty()) name += fmt::format(" + {}", fmt::join(source.fragments, " + "));
  if (!source.compiler.empty()) name += ", " + source.compiler;
  return name;
}

}  // namespace kproof::timing
