#include "config/plan_files.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/document.hpp"
#include "util/error.hpp"

namespace kproof::config {
namespace fs = std::filesystem;

namespace {

class Loader {
 public:
  Loader(const std::vector<std::string>& keys, const ReadFile& read) : keys_(keys), read_(read) {}

  void load(const fs::path& file, std::string text) {
    open_.push_back(file);
    std::list<PlanFile> mine;  // its place in the list is behind what it includes
    PlanFile& plan_file = mine.emplace_back(file, std::move(text));
    plan_file.node =
        load_document(plan_file.problems, plan_file.text, "plan", "ci/plans/quickstart.yaml");
    const Map map(plan_file.problems, plan_file.root(), keys_);
    for (const Value& item : items(plan_file.problems, map.find("include")))
      include(plan_file, item);
    files_.splice(files_.end(), mine);
    open_.pop_back();
  }

  std::list<PlanFile> take() { return std::move(files_); }

 private:
  void include(PlanFile& plan_file, const Value& item) {
    const auto name = text(plan_file.problems, item);
    if (!name) return;
    const fs::path file = (plan_file.file.parent_path() / *name).lexically_normal();
    const bool open = std::ranges::find(open_, file) != open_.end();
    const bool loaded = std::ranges::find(files_, file, &PlanFile::file) != files_.end();
    if (open)
      plan_file.problems.add(item.node.Mark(), fmt::format("{} includes itself", file.string()));
    if (open || loaded) return;
    try {
      load(file, read_(file));
    } catch (const HostError& error) {
      plan_file.problems.add(item.node.Mark(), error.what(), "it is relative to this file");
    }
  }

  const std::vector<std::string>& keys_;
  const ReadFile& read_;
  std::vector<fs::path> open_;
  std::list<PlanFile> files_;
};

}  // namespace

std::list<PlanFile> load_plan_files(const fs::path& file, std::string text,
                                    const std::vector<std::string>& keys, const ReadFile& read) {
  Loader loader(keys, read);
  loader.load(file.lexically_normal(), std::move(text));
  return loader.take();
}

}  // namespace kproof::config
