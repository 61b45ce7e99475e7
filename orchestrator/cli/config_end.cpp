#include "cli/config_end.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/json.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;
using model::BuildSource;
using model::KernelSpec;

static fs::path directory_of_cell(const std::string& word) {
  const fs::path path = word;
  return path.filename() == "cell.json" ? path.parent_path() : path;
}

std::optional<model::CellResult> cell_at(const std::string& word) {
  const fs::path directory = directory_of_cell(word);
  if (word.empty() || !fs::exists(directory / "cell.json")) return std::nullopt;
  return report::read_cell(directory);
}

namespace {

class EndReader {
 public:
  EndReader(const std::string& option, const model::Plan& plan, const KernelSpec& base,
            const fs::path& shipped)
      : option_(option),
        plan_(plan),
        base_(base),
        build_(std::get<BuildSource>(base.source)),
        shipped_(shipped) {}

  ConfigEnd read(const std::vector<std::string>& words) const {
    if (words.empty()) return {fmt::format("{} as the plan has it", base_.name), build_};
    if (words.size() > 1) return fragments(words);
    const std::string& word = words.front();
    if (const auto cell = cell_at(word)) return of_cell(*cell, directory_of_cell(word));
    if (const KernelSpec* kernel = kernel_named(word)) return of_kernel(*kernel);
    if (word == "tinyconfig" || word == "defconfig") return config(word, word, build_.fragments);
    if (fs::is_directory(word))
      throw ConfigError(
          fmt::format("{} {}: there is no cell.json in that directory", option_, word),
          "a cell of an earlier run is OUT/cells/KERNEL/TOPOLOGY/CASE");
    if (fs::exists(word) && !is_fragment(word))
      return config(fs::absolute(word), word + ", a config", {});
    return fragments(words);
  }

 private:
  ConfigEnd config(const std::string& config, const std::string& told,
                   const std::vector<std::string>& fragments) const {
    ConfigEnd end{told, build_};
    end.build.config = config;
    end.build.fragments = fragments;
    return end;
  }

  ConfigEnd of_cell(const model::CellResult& cell, const fs::path& directory) const {
    const auto kept = cell.files.find("config");
    // cells/<id> is below the run directory, and an id has any number of parts.
    fs::path out = fs::absolute(directory).lexically_normal();
    while (out.has_relative_path() && out.filename() != "cells")
      out = out.parent_path();
    const fs::path file = kept == cell.files.end() ? fs::path() : out.parent_path() / kept->second;
    if (file.empty() || !fs::exists(file))
      throw ConfigError(fmt::format("{} {}: the config of its kernel was not kept there", option_,
                                    directory.string()),
                        "run that cell again, or give the path of a .config");
    return config(file, fmt::format("{}, the config of that cell's kernel", directory.string()),
                  {});
  }

  const KernelSpec* kernel_named(const std::string& word) const {
    const auto found =
        std::ranges::find_if(plan_.kernels, [&](const auto& one) { return one.name == word; });
    return found == plan_.kernels.end() ? nullptr : &*found;
  }

  ConfigEnd of_kernel(const KernelSpec& kernel) const {
    const auto* build = std::get_if<BuildSource>(&kernel.source);
    if (!build || !same_source(*build))
      throw ConfigError(
          fmt::format("{} {}: {}: that kernel is not of the source, patches and compiler of {}",
                      option_, kernel.name, kernel.place, base_.name),
          "two configs of one source are compared; --base names another kernel to build");
    return {fmt::format("{}, a kernel of the plan", kernel.name), *build};
  }

  bool same_source(const BuildSource& build) const {
    return build.patches == build_.patches && build.compiler == build_.compiler &&
           build.tree == build_.tree;
  }

  // What kconfig writes begins with "#" alone, and what savedefconfig writes with a symbol.
  static bool is_fragment(const fs::path& file) {
    const std::string text = util::read_file(file);
    return text.starts_with("# ") && !text.starts_with("# CONFIG_");
  }

  ConfigEnd fragments(const std::vector<std::string>& words) const {
    ConfigEnd end{fmt::format("{}, {} on top of {}", fmt::join(words, " + "),
                              words.size() == 1 ? "a fragment" : "fragments", base_.name),
                  build_};
    for (const std::string& word : words)
      end.build.fragments.push_back(place_of(word));
    return end;
  }

  std::string place_of(const std::string& word) const {
    if (word.find_first_of("/.") != std::string::npos) {
      if (!fs::is_regular_file(word))
        throw ConfigError(fmt::format("{} {}: there is no such file", option_, word), kWhatItIs);
      return fs::absolute(word);
    }
    if (fs::exists(shipped_ / (word + ".config"))) return word;
    if (fs::is_regular_file(word)) return fs::absolute(word);
    throw ConfigError(
        fmt::format("{} {}: no kernel of the plan, fragment or file has that name", option_, word),
        kWhatItIs);
  }

  static constexpr const char* kWhatItIs =
      "give a .config, a fragment (a name in kconfigs/fragments or a path), a kernel of the plan, "
      "or the directory of a cell of an earlier run";

  const std::string& option_;
  const model::Plan& plan_;
  const KernelSpec& base_;
  const BuildSource& build_;
  const fs::path& shipped_;
};

}  // namespace

ConfigEnd read_end(const std::string& option, const std::vector<std::string>& words,
                   const model::Plan& plan, const KernelSpec& base, const fs::path& shipped) {
  return EndReader(option, plan, base, shipped).read(words);
}

}  // namespace kproof::cli
