#include "sweep/workshop.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/describe.hpp"
#include "util/error.hpp"
#include "util/hash.hpp"
#include "util/subprocess.hpp"

namespace kproof::sweep {
namespace fs = std::filesystem;

Workshop Workshop::find() {
  const fs::path self = fs::read_symlink("/proc/self/exe");
  Workshop workshop{self.parent_path().parent_path() / "lib/kproof", util::hash_file(self)};
  for (const fs::path& part :
       {workshop.agent(), workshop.emulator(), workshop.guard(), workshop.libexec / "cases"})
    if (!fs::exists(part))
      throw HostError(fmt::format("{} is missing", part.string()),
                      "build all targets: cmake --build build");
  return workshop;
}

std::vector<std::string> Workshop::case_names() const {
  std::vector<std::string> names;
  const fs::path root = libexec / "cases";
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (entry.is_regular_file()) names.push_back(fs::relative(entry.path(), root).string());
  std::sort(names.begin(), names.end());
  return names;
}

model::CaseDescription Workshop::describe(const std::string& name,
                                          std::vector<std::string> args) const {
  const std::string program = case_program(name).string();
  args.insert(args.begin(), program);
  args.emplace_back("--describe");
  const auto result = util::run({.argv = args, .deadline = util::Millis(10000)});
  if (!result.ok())
    throw ConfigError(fmt::format("{} fails: {}", fmt::join(args, " "), result.err),
                      "a case must describe its needs, with the arguments that the plan gives it");
  return config::parse_description(result.out, program);
}

}  // namespace kproof::sweep
