#include "source/compilation.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "kconfig/dotconfig.hpp"
#include "kernel/located.hpp"
#include "util/error.hpp"
#include "util/hash.hpp"
#include "util/text.hpp"

namespace kproof::source {
namespace fs = std::filesystem;
using patch::Patch;

static bool sets(const fs::path& build, const char* symbol) {
  const auto config = kconfig::parse_dotconfig(util::read_file(build / ".config"));
  return kconfig::value_of(config, symbol) == "y";
}

// Coverage of all would be slow under TCG, so the two directories that kproof is about. What
// kbuild asks for each object is a make variable, expanded where it is used ($(obj) is the
// directory).
static std::vector<std::string> targets(const fs::path& build) {
  std::vector<std::string> list{"bzImage"};
  // make refuses to build modules where there can be none.
  if (sets(build, "MODULES")) list.emplace_back("modules");
  if (sets(build, "GCOV_KERNEL"))
    list.emplace_back("GCOV_PROFILE=$(if $(filter mm mm/% arch/x86/kvm arch/x86/kvm/%,$(obj)),y)");
  return list;
}

Compilation::Compilation(const BuildSpec& spec, const Patches& patches, const Settings& settings,
                         Name name)
    : spec_(spec),
      patches_(patches.first()),
      settings_(settings),
      name_(std::move(name)),
      site_(spec.base, patches, spec.toolchain, settings),
      log_(site_.log_of(name_.inputs)) {}

void Compilation::fill(const fs::path& draft) const {
  in_tree([&](const Make& how) {
    in_build(how, [&] { compile(how); });
    install(how, draft);
    site_.finish(how);
  });
}

Finished Compilation::finished() const {
  Finished finished;
  in_tree([&](const Make& how) {
    in_build(how, [&] { finished.config = finish(how, spec_.config, settings_.say); });
    finished.language = read_language_of(how.source);
    site_.finish(how);
  });
  fs::remove(log_);
  return finished;
}

void Compilation::in_tree(const std::function<void(const Make&)>& work) const {
  site_.enter(name_of_build(), log_, work);
}

void Compilation::in_build(const Make& how, const std::function<void()>& work) const {
  site_.in_build(how, work, [&](const Failed& failed) { refuse(how, failed); });
}

// One that another user has built in is left to that one.
std::string Compilation::name_of_build() const {
  util::Hasher hasher;
  hasher.add(settings_.build.empty() ? spec_.config.identity : settings_.build);
  hasher.add(spec_.toolchain.identity);
  if (site_.user()) hasher.add(std::to_string(site_.user()->uid));
  return "build-" + hasher.hex().substr(0, 16);
}

void Compilation::compile(const Make& how) const {
  configure_if_needed(how);
  settings_.say(
      fmt::format("building {} with {} jobs; log: {}", name_.origin, how.jobs, log_.string()));
  make(how, targets(how.build));
  stage_modules(how);
}

// Half a minute that patch n+1 does not need, unless it touches what the config is made from.
void Compilation::configure_if_needed(const Make& how) const {
  util::Hasher hasher;
  hasher.add(spec_.config.identity).add(spec_.toolchain.identity).add(kRecipe);
  hasher.add(spec_.base.shape());
  for (const Patch& patch : patches_)
    if (std::any_of(patch.files.begin(), patch.files.end(), shapes_config)) hasher.add(patch.diff);
  const fs::path stamp = how.build / ".kproof-config", config = how.build / ".config";
  const auto mark = [&] { return hasher.hex() + util::hash_file(config); };
  if (fs::exists(stamp) && fs::exists(config) && util::read_file(stamp) == mark()) return;
  configure(how, spec_.config, settings_.say);
  util::write_file_atomically(stamp, mark());
}

static constexpr const char* kStage = ".kproof-modules";

void Compilation::stage_modules(const Make& how) const {
  const fs::path stage = how.build / kStage;
  fs::remove_all(stage);
  fs::create_directory(stage);
  if (sets(how.build, "MODULES"))
    make(how, {"modules_install", "INSTALL_MOD_PATH=" + stage.string(), "INSTALL_MOD_STRIP=1",
               "DEPMOD=true"});
}

void Compilation::take_modules(const fs::path& stage, const fs::path& root) const {
  std::vector<fs::path> files;
  {
    const util::ActingAs acting(site_.user());
    for (const auto& file : fs::recursive_directory_iterator(stage))
      if (fs::is_regular_file(file.symlink_status()))  // no links into the tree
        files.push_back(file.path().lexically_relative(stage));
  }
  for (const fs::path& file : files)
    site_.take(stage / file, root / file);
}

// As make says it; it becomes a part of names.
std::string Compilation::release_of(const fs::path& build) const {
  const util::ActingAs acting(site_.user());
  const fs::path file = build / "include/config/kernel.release";
  const std::string release = util::chomp(util::read_file(file));
  if (release.empty() || release.front() == '.' || release.find('/') != release.npos)
    throw Unbuildable(
        fmt::format("{} calls itself `{}`, which is no release", name_.origin, release),
        "look at CONFIG_LOCALVERSION and at localversion* in the source");
  return release;
}

void Compilation::install(const Make& how, const fs::path& draft) const {
  const std::string release = release_of(how.build);
  const fs::path root = draft / "root", modules = root / "lib/modules" / release;
  site_.take(how.build / "arch/x86/boot/bzImage", root / "boot" / ("vmlinuz-" + release));
  site_.take(how.build / ".config", root / "boot" / ("config-" + release));
  site_.take(how.build / "vmlinux", root / kernel::debug_vmlinux(release));
  take_modules(how.build / kStage, root);
  // Says which modules need not be loaded; a kernel without CONFIG_MODULES has the list, too.
  site_.take(how.build / "modules.builtin", modules / "modules.builtin");
  site_.take(log_, draft / "kproof-build.log");
  fs::remove(log_);
  util::write_file_atomically(draft / "origin", name_.origin + "\n");
}

void Compilation::refuse(const Make& how, const Failed& failed) const {
  const std::string whose = blame(files_in_error(failed.said, how.source), patches_);
  throw Unbuildable(fmt::format("{} does not build:\n{}{}{}", name_.origin, essence(failed.said),
                                whose.empty() ? "" : "\n", whose),
                    fmt::format("the whole log is {}", log_.string()));
}

}  // namespace kproof::source
