#include "source/compilation.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <sched.h>

#include "kconfig/dotconfig.hpp"
#include "kernel/located.hpp"
#include "source/prune.hpp"
#include "source/tree.hpp"
#include "util/error.hpp"
#include "util/hash.hpp"
#include "util/text.hpp"

namespace kproof::source {
namespace fs = std::filesystem;
using patch::Patch;

static unsigned job_count(unsigned asked) {
  if (asked > 0) return asked;
  if (const char* text = std::getenv("KPROOF_JOBS"); text && *text) {
    char* end = nullptr;
    const unsigned long jobs = std::strtoul(text, &end, 10);
    if (*end || jobs == 0 || jobs > 4096)
      throw ConfigError(fmt::format("KPROOF_JOBS is `{}`, and must be a number of jobs", text));
    return static_cast<unsigned>(jobs);
  }
  cpu_set_t set;
  const bool known = ::sched_getaffinity(0, sizeof set, &set) == 0;
  return known ? static_cast<unsigned>(CPU_COUNT(&set)) : 1;
}

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

Compilation::Compilation(const Foundation& foundation, const Patches& patches,
                         const Settings& settings, Name name)
    : foundation_(foundation),
      series_(patches.series),
      patches_(series_.begin(), series_.begin() + static_cast<std::ptrdiff_t>(patches.applied)),
      settings_(settings),
      name_(std::move(name)),
      tree_(settings.kernels() / "trees" / foundation.base.tree),
      log_(tree_ / "logs" / (name_.inputs + ".log")) {}

void Compilation::fill(const fs::path& draft) const {
  const util::FileLock lock = lock_tree();
  if (!fs::exists(tree_ / "source")) prune(tree_.parent_path(), kForgotten, settings_.say);
  foundation_.base.check_out(tree_);
  require_new_enough(foundation_.toolchain, tree_ / "source");
  if (patches_.size() < series_.size()) require_applicable(tree_, series_);
  apply(tree_, patches_);
  const std::string name =
      util::Hasher().add(foundation_.config.identity).add(foundation_.toolchain.identity).hex();
  const fs::path build = tree_ / ("build-" + name.substr(0, 16));
  fs::create_directories(build);
  fs::create_directories(log_.parent_path());
  fs::remove(log_);
  compile({.source = tree_ / "source",
           .build = build,
           .log = log_,
           .toolchain = foundation_.toolchain,
           .jobs = job_count(settings_.jobs),
           .stop_fd = settings_.stop_fd,
           .lock_fd = lock.fd(),
           .live = settings_.live},
          draft);
}

// Held by what make starts too: after a kill -9 of kproof the next one waits for its compilers.
util::FileLock Compilation::lock_tree() const {
  fs::create_directories(tree_);
  const fs::path path = tree_ / "lock";
  if (auto lock = util::FileLock::try_acquire(path)) return std::move(*lock);
  settings_.say(fmt::format("waiting for process {}, which builds in {}",
                            util::FileLock::holder(path), tree_.string()));
  return util::FileLock::acquire(path, settings_.stop_fd);
}

void Compilation::compile(const Make& how, const fs::path& draft) const {
  const fs::path unfinished = how.build / ".kproof-unfinished";
  if (fs::exists(unfinished)) remove_unfinished(how.build);
  util::write_file_atomically(unfinished, "");
  try {
    configure_if_needed(how);
    settings_.say(
        fmt::format("building {} with {} jobs; log: {}", name_.origin, how.jobs, log_.string()));
    make(how, targets(how.build));
    install(how, draft);
  } catch (const Failed& failed) {
    fs::remove(unfinished);  // make ended by itself, so what it left is whole
    refuse(how, failed);
  }
  fs::remove(unfinished);
}

// Half a minute that patch n+1 does not need, unless it touches what the config is made from.
void Compilation::configure_if_needed(const Make& how) const {
  util::Hasher hasher;
  hasher.add(foundation_.config.identity).add(foundation_.toolchain.identity).add(kRecipe);
  hasher.add(foundation_.base.shape());
  for (const Patch& patch : patches_)
    if (std::any_of(patch.files.begin(), patch.files.end(), shapes_config)) hasher.add(patch.diff);
  const fs::path stamp = how.build / ".kproof-config", config = how.build / ".config";
  const auto mark = [&] { return hasher.hex() + util::hash_file(config); };
  if (fs::exists(stamp) && fs::exists(config) && util::read_file(stamp) == mark()) return;
  configure(how, foundation_.config, settings_.say);
  util::write_file_atomically(stamp, mark());
}

void Compilation::install(const Make& how, const fs::path& draft) const {
  const std::string release =
      util::chomp(util::read_file(how.build / "include/config/kernel.release"));
  const fs::path root = draft / "root", modules = root / "lib/modules" / release;
  fs::create_directories(root / "boot");
  fs::copy_file(how.build / "arch/x86/boot/bzImage", root / "boot" / ("vmlinuz-" + release));
  fs::copy_file(how.build / ".config", root / "boot" / ("config-" + release));
  const fs::path vmlinux = root / kernel::debug_vmlinux(release);
  fs::create_directories(vmlinux.parent_path());
  fs::copy_file(how.build / "vmlinux", vmlinux);
  if (sets(how.build, "MODULES"))
    make(how, {"modules_install", "INSTALL_MOD_PATH=" + root.string(), "INSTALL_MOD_STRIP=1",
               "DEPMOD=true"});
  fs::create_directories(modules);
  fs::remove(modules / "build");  // links into the tree
  fs::remove(modules / "source");
  // Says which modules need not be loaded; a kernel without CONFIG_MODULES has the list, too.
  fs::copy_file(how.build / "modules.builtin", modules / "modules.builtin",
                fs::copy_options::overwrite_existing);
  fs::copy_file(log_, draft / "kproof-build.log");
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
