#include "cli/internal.hpp"

#include <filesystem>
#include <set>
#include <string>

#include <fmt/format.h>

#include "cli/cli.hpp"
#include "cli/completion.hpp"
#include "cli/help.hpp"
#include "cli/plan_name.hpp"
#include "plan/cells.hpp"
#include "sweep/cases.hpp"
#include "util/files.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

static std::vector<Candidate> candidates_of(const std::set<std::string>& words) {
  std::vector<Candidate> candidates;
  for (const std::string& word : words)
    candidates.push_back({word, ""});
  return candidates;
}

static std::vector<Candidate> fragments() {
  std::set<std::string> names;
  for (const auto& file : fs::directory_iterator(sweep::Installation::find().fragments()))
    if (file.path().extension() == ".config") names.insert(file.path().stem().string());
  return candidates_of(names);
}

static std::vector<Candidate> plans() {
  const auto names = shipped_plans();
  return candidates_of({names.begin(), names.end()});
}

// What the cells of the plan have; of no plan, all cases.
static std::vector<Candidate> names_in_plan(const std::string& option, const std::string& word) {
  const sweep::Installation installation = sweep::Installation::find();
  if (word.empty()) {
    const auto own = installation.case_names();
    return option == "--case" ? candidates_of({own.begin(), own.end()}) : std::vector<Candidate>{};
  }
  const model::Plan plan = read_named_plan(word, "*");
  const auto all = sweep::Cases(installation, plan).names();
  std::set<std::string> names;
  for (const model::Cell& cell : plan::expand(plan, {}, all).cells)
    names.insert(option == "--case"     ? cell.test.alias
                 : option == "--kernel" ? cell.kernel.name
                 : option == "--cell"   ? cell.id
                                        : cell.topology.name);
  return candidates_of(names);
}

static std::vector<Candidate> values_of(const std::string& option, const std::string& plan) {
  try {
    if (option == "KERNEL")
      return plan.empty() ? std::vector<Candidate>{} : names_in_plan("--kernel", plan);
    if (option == "CELL")
      return plan.empty() ? std::vector<Candidate>{} : names_in_plan("--cell", plan);
    if (option == "--kernel" || option == "--topology" || option == "--case" || option == "--cell")
      return names_in_plan(option, plan);
    if (option == "--fragment") return fragments();
    if (option == "PLAN" || option == "--plan") return plans();
    if (option == "CASE") return names_in_plan("--case", "");
  } catch (const std::exception&) {  // a plan that is being written: told when it is run
  }
  return {};
}

static void write_pages(const ProgramInfo& program, const fs::path& directory) {
  fs::create_directories(directory);
  util::write_file_atomically(directory / "kproof.1", man_page(program));
  for (const CommandInfo& command : program.commands)
    util::write_file_atomically(directory / fmt::format("kproof-{}.1", command.name),
                                man_page(program, command));
}

std::optional<int> run_internal(const ProgramInfo& program, int argc, char** argv) {
  const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (words.empty()) return std::nullopt;
  if (words.front() == "__complete") {
    fmt::print("{}", to_lines(complete(program, {words.begin() + 1, words.end()}, values_of)));
    return kOk;
  }
  if (words.front() == "__man" && words.size() == 2) {
    write_pages(program, words[1]);
    return kOk;
  }
  return std::nullopt;
}

}  // namespace kproof::cli
