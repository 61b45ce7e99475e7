#include "suites/shelf.hpp"

#include <algorithm>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <re2/re2.h>

#include "util/error.hpp"
#include "util/names.hpp"

namespace kproof::suites {
namespace fs = std::filesystem;

static constexpr const char* kPlace = "/suites";

// The programs of the suite that the plan's cases name.
static std::set<std::string> named_in(const model::Plan& plan, const model::Suite& suite) {
  std::set<std::string> names;
  for (const model::PlanCase& test : plan.cases)
    if (test.name.starts_with(suite.name + "/") && !util::is_glob(test.name))
      names.insert(test.name);
  return names;
}

// A plan may name a selftest that kproof does not know by itself.
Shelf::Shelf(const model::Plan& plan) {
  for (const model::Suite& suite : plan.suites) {
    const auto named = named_in(plan, suite);
    for (Member& member : members_of(suite))
      if (!member.by_name_only || named.contains(member.description.name))
        members_.emplace(member.description.name, std::move(member));
    if (!std::holds_alternative<model::Kselftests>(suite.of)) continue;
    for (const std::string& name : named)
      if (!members_.contains(name))
        members_.emplace(name, unknown_selftest(suite, name.substr(suite.name.size() + 1)));
  }
}

std::vector<std::string> Shelf::names() const {
  std::vector<std::string> names;
  for (const auto& [name, member] : members_)
    names.push_back(name);
  return names;
}

const Member* Shelf::find(const std::string& name) const {
  const auto found = members_.find(name);
  return found == members_.end() ? nullptr : &found->second;
}

const source::Base& Shelf::base_of(const model::SourceTree& tree,
                                   const source::Settings& settings) {
  const std::lock_guard lock(mutex_);
  const auto known =
      std::ranges::find(bases_, tree, &std::pair<model::SourceTree, source::Base>::first);
  if (known != bases_.end()) return known->second;
  bases_.emplace_back(
      tree, source::find_base({.tree = tree}, settings.kernels(), settings.say, settings.stop_fd));
  return bases_.back().second;
}

// It asks compiler and linker who they are, which is one answer for all programs.
const source::Toolchain& Shelf::toolchain_of(const std::string& compiler) {
  const std::lock_guard lock(mutex_);
  const auto known = toolchains_.find(compiler);
  if (known != toolchains_.end()) return known->second;
  return toolchains_.emplace(compiler, source::find_toolchain(compiler)).first->second;
}

std::string source_package_of(const std::string& release) {
  std::string version;
  static const RE2 form(R"((\d+\.\d+)[.+-].*)");
  return RE2::FullMatch(release, form, &version) ? "linux-source-" + version : "";
}

Program Shelf::build(const OfKernel& what, const model::KernelSpec& kernel,
                     const std::string& release, const source::Settings& settings) {
  const auto* built = std::get_if<model::BuildSource>(&kernel.source);
  const bool packaged = std::holds_alternative<model::PackageSource>(kernel.source);
  std::vector<patch::Patch> patches;
  std::optional<model::SourceTree> tree = what.tree;
  if (!tree && built) {
    tree = built->tree;
    patches = source::load_patches(*built);
  }
  if (const std::string package = source_package_of(release); !tree && packaged && !package.empty())
    tree = model::SourcePackage{package};
  if (!tree)
    return {{},
            fmt::format("the source of kernel {} is not known, and the suite names no `source`",
                        kernel.name)};
  const bool own = built && !built->compiler.empty() && !what.tree;
  const auto made = source::build_selftest(base_of(*tree, settings), {patches},
                                           toolchain_of(own ? built->compiler : settings.compiler),
                                           what.selftest, settings);
  if (!made.program.empty()) return {made.program, ""};
  return {{},
          fmt::format("{} has no selftest {}/{}", made.origin, what.selftest.directory,
                      what.selftest.program)};
}

// Two letters and no more: a selftest that other kernels have is as like to one that this one has.
std::string Shelf::hint_at(const std::string& name) const {
  constexpr std::size_t kSlip = 2;
  std::vector<std::string> others = names();
  std::erase(others, name);
  const std::string meant = util::nearest(name, others);
  if (meant.empty() || util::edit_distance(name, meant) > kSlip) return "";
  return fmt::format(" (do you mean `{}`?)", meant);
}

static bool is_elf(const fs::path& file) {
  char magic[4] = {};
  std::ifstream(file, std::ios::binary).read(magic, sizeof magic);
  return std::string_view(magic, sizeof magic) == "\177ELF";
}

static Program on_disk(const fs::path& file) {
  if (!fs::exists(file))
    return {{}, fmt::format("there is no {}: it was not built", file.string())};
  if (!is_elf(file))
    return {{}, fmt::format("{} is a script, and the guest holds programs alone", file.string())};
  return {file, ""};
}

Program Shelf::fetch(const std::string& name, const model::KernelSpec& kernel,
                     const std::string& release, const source::Settings& settings) {
  const Member& member = members_.at(name);
  if (const auto* flat = std::get_if<FlatBinary>(&member.program)) return on_disk(flat->file);
  if (const auto* binary = std::get_if<Binary>(&member.program)) return on_disk(binary->file);
  Program program = build(std::get<OfKernel>(member.program), kernel, release, settings);
  if (program.file.empty()) program.lacks += hint_at(name);
  return program;
}

bool Shelf::wants_emulator(const std::string& name) const {
  const Member* member = find(name);
  return member && std::holds_alternative<FlatBinary>(member->program);
}

GuestProgram Shelf::guest_program(const std::string& name, const std::vector<std::string>& args,
                                  const Program& program, const std::string& emulator) const {
  const Member& member = members_.at(name);
  GuestProgram guest;
  const auto* flat = std::get_if<FlatBinary>(&member.program);
  // One that may have libraries stays where it was: its loader may look beside it.
  const bool as_here = std::holds_alternative<Binary>(member.program);
  const std::string inside =
      as_here ? fs::absolute(program.file).string() : fmt::format("{}/{}", kPlace, name);
  if (as_here) guest.files = image::host_program(inside);
  guest.files[inside] = program.file;
  guest.argv = {fmt::format("{}/runner", kPlace)};
  guest.argv.insert(guest.argv.end(), member.runner.begin(), member.runner.end());
  guest.argv.emplace_back("--");
  if (flat) {
    for (std::string& word : qemu_argv(emulator, flat->test, inside))
      guest.argv.push_back(std::move(word));
  } else {
    guest.argv.push_back(inside);
  }
  const auto& chosen = args.empty() ? member.args : args;
  guest.argv.insert(guest.argv.end(), chosen.begin(), chosen.end());
  return guest;
}

}  // namespace kproof::suites
