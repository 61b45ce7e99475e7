#include "sweep/installation.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/describe.hpp"
#include "util/error.hpp"
#include "util/hash.hpp"
#include "util/subprocess.hpp"

namespace kproof::sweep {
namespace fs = std::filesystem;

static HostError incomplete(const std::string& fact) {
  return HostError(fact, "build all targets: cmake --build build");
}

static void require(const fs::path& part) {
  if (!fs::exists(part)) throw incomplete(part.string() + " is missing");
}

Installation Installation::find() {
  const fs::path self = fs::read_symlink("/proc/self/exe");
  return {self.parent_path().parent_path() / "lib/kproof", util::hash_file(self)};
}

void Installation::require_whole() const {
  for (const fs::path& part : {agent(), emulator(), guard(), suite_runner(), libexec / "cases"})
    require(part);
}

std::vector<std::string> Installation::case_names() const {
  std::vector<std::string> names;
  const fs::path root = libexec / "cases";
  require(root);
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (entry.is_regular_file()) names.push_back(fs::relative(entry.path(), root).string());
  if (names.empty()) throw incomplete(fmt::format("there is no case in {}", root.string()));
  std::sort(names.begin(), names.end());
  return names;
}

model::CaseDescription Installation::describe(const std::string& name,
                                              const std::vector<std::string>& args) const {
  const std::string program = case_program(name).string();
  std::vector<std::string> argv{program};
  argv.insert(argv.end(), args.begin(), args.end());
  argv.emplace_back("--describe");
  const auto result = util::run({.argv = argv, .deadline = util::Millis(10000)});
  if (!result.ok())
    throw ConfigError(fmt::format("case {}: `{}` fails: {}", name, fmt::join(argv, " "),
                                  result.err.substr(0, result.err.find('\n'))),
                      fmt::format("look at its options: {} --help", program));
  return config::parse_description(result.out, program);
}

}  // namespace kproof::sweep
