// A plan's file, and those that it includes.
#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <string>

#include "config/reader.hpp"

namespace kproof::config {

// The content of a file that a plan names; HostError.
using ReadFile = std::function<std::string(const std::filesystem::path&)>;

struct PlanFile {
  PlanFile(std::filesystem::path from, std::string words)
      : file(std::move(from)), text(std::move(words)), problems(file.string(), text) {}
  PlanFile(const PlanFile&) = delete;  // `problems` quotes `text`
  PlanFile& operator=(const PlanFile&) = delete;

  Value root() const { return {node, node.Mark(), "the plan", node.Mark()}; }

  const std::filesystem::path file;
  const std::string text;
  Problems problems;
  YAML::Node node;
};

// Included ones in front of who includes them, so that what stands later counts; the plan itself is
// the last. `keys`: those that a file may have. ConfigError, at the place of its `include`, for a
// file that cannot be read or includes itself.
std::list<PlanFile> load_plan_files(const std::filesystem::path& file, std::string text,
                                    const std::vector<std::string>& keys, const ReadFile& read);

}  // namespace kproof::config
