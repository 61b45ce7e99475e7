#include "cli/desk.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "cli/cli.hpp"
#include "cli/kernel_words.hpp"
#include "cli/streams.hpp"
#include "config/kernel_word.hpp"
#include "config/plan.hpp"
#include "desk/plan_text.hpp"
#include "kernel/store.hpp"
#include "source/configure.hpp"
#include "sweep/installation.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "virt/cpu_models.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

void add_desk_options(Command& command, DeskOptions& options) {
  command.value("--tree", options.tree, "a kernel's source tree, or a directory in one");
  command.value("--config", options.wishes.config,
                "the path of a .config, tinyconfig or defconfig (default: the tree's .config; "
                "without one tinyconfig and the fragments that guests and cases need)");
  command.list("--fragment", options.wishes.fragments,
               "kconfig to add: a name in kconfigs/fragments, or a path; may be repeated");
  command.flag(
      "--add-config", options.wishes.add_config,
      "add to the config what guests and cases need: the fragments base, dax, kvm, lockup, "
      "tracing, kprobes, aging and numa");
  command.number("--repeat", options.repetitions, "run each case so often (default: once)");
  command.flag("--print-plan", options.print_plan,
               "print what would be run as a plan, for `kproof run`, and run nothing");
  add_options_of_a_run(command, options.run);
}

desk::Tree tree_of(const DeskOptions& options) {
  if (const auto root = desk::find_tree(options.tree)) {
    remember_tree(*root);
    return desk::look(*root);
  }
  throw ConfigError(
      fmt::format("{} is in no kernel source tree",
                  options.tree == "." ? "this directory" : options.tree),
      "go to one, or name one with --tree; a kernel that is built: `kproof run KERNEL`");
}

static desk::Wishes wishes_of(const DeskOptions& options) {
  desk::Wishes wishes = options.wishes;
  if (!wishes.config.empty() && wishes.config != "tinyconfig" && wishes.config != "defconfig")
    wishes.config = fs::absolute(wishes.config).lexically_normal();
  for (std::string& fragment : wishes.fragments)
    if (fragment.find_first_of("/.") != fragment.npos)
      fragment = fs::absolute(fragment).lexically_normal();
  return wishes;
}

static source::ConfigInput read_config(const std::string& config,
                                       const std::vector<std::string>& fragments) {
  return source::read_config_input(config, fragments, sweep::Installation::find().fragments());
}

desk::Decision decide(const DeskOptions& options, const desk::Tree& tree) {
  desk::Decision decision = desk::decide(tree, wishes_of(options));
  if (!decision.boot_it) read_config(decision.config, decision.fragments);
  return decision;
}

static void tell_lacking(const fs::path& config) {
  const auto usual = read_config("tinyconfig", config::usual_fragments());
  const auto lines = desk::lacking(util::read_file(config), usual.fragments);
  if (lines.empty()) return;
  tell("its .config has not all that guests and cases want:\n");
  for (const std::string& line : lines)
    tell(fmt::format("  {}\n", line));
  tell("cases that need it are skipped; --add-config adds it, to a build beside the tree\n");
}

void tell_choice(const desk::Tree& tree, const desk::Decision& decision) {
  tell(fmt::format("{}, Linux {}: {}\n", tree.root.string(), tree.version, decision.why));
  const bool own = decision.boot_it || decision.config == (tree.root / ".config").string();
  if (own && tree.config && decision.fragments.empty()) tell_lacking(tree.root / ".config");
}

static constexpr const char* kPlanFile = "plan.yaml";

// A plan's name, of a directory's.
static std::string name_of(const desk::Tree& tree) {
  std::string name = tree.root.filename().string();
  std::ranges::replace_if(
      name, [](unsigned char c) { return !std::isalnum(c) && c != '.' && c != '-' && c != '_'; },
      '_');
  return name.empty() || name.front() == '.' ? "linux" : name;
}

static bool is_inside(const fs::path& path, const fs::path& root) {
  const auto relative = path.lexically_relative(root);
  return !relative.empty() && *relative.begin() != "..";
}

// What kproof leaves in the tree would be a part of the next build.
static fs::path directory_for_results(const fs::path& root) {
  if (!is_inside(fs::current_path(), root)) return fs::current_path();
  const fs::path beside = root.parent_path();
  return ::access(beside.c_str(), W_OK) == 0 ? beside : kernel::default_cache();
}

static fs::path default_out(const fs::path& root, const std::string& name, const KindOfRun& kind) {
  const fs::path where = directory_for_results(root);
  const std::string whole = kind.word.empty() ? name : name + "-" + kind.word;
  return kind.again ? where / "kproof-out" / whole : fresh_directory(where, whole);
}

// The plan's file is one of the results, so that what they say to type works.
void use_plan(DeskOptions& options, const desk::Tree& tree, const KindOfRun& kind,
              const std::vector<model::KernelSpec>& kernels, const desk::Choice& choice) {
  const std::string name = name_of(tree);
  std::string& out = options.run.out;
  if (out.empty()) out = default_out(tree.root, name, kind);
  sweep::SweepOptions& sweep = options.run.sweep;
  sweep.texts = {
      {fs::absolute(out) / kPlanFile,
       desk::plan_text(name, kernels, choice, tree.version, std::max(1u, options.repetitions))}};
  sweep.plan = config::read_plan(sweep.texts, virt::cpu_models);
  follow_plan(options.run);
}

void keep_plan(const DeskOptions& options) {
  const model::PlanText& plan = options.run.sweep.texts.front();
  util::write_file_atomically(plan.file, plan.text);
}

bool printed_plan(const DeskOptions& options) {
  if (options.print_plan) fmt::print("{}", options.run.sweep.texts.front().text);
  return options.print_plan;
}

}  // namespace kproof::cli
