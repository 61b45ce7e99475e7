#include "source/builder.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sched.h>

#include "kconfig/dotconfig.hpp"
#include "kernel/store.hpp"
#include "patch/load.hpp"
#include "source/base.hpp"
#include "source/configure.hpp"
#include "source/make.hpp"
#include "source/prune.hpp"
#include "source/space.hpp"
#include "source/toolchain.hpp"
#include "source/tree.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/hash.hpp"
#include "util/text.hpp"

namespace kproof::source {
namespace fs = std::filesystem;
using patch::Patch;

// Bumped when kproof makes another kernel of equal inputs.
constexpr std::string_view kRecipe = "1";

std::vector<Patch> load_patches(const model::BuildSource& source) {
  std::vector<Patch> patches;
  const auto* git = std::get_if<model::GitRevision>(&source.tree);
  for (const std::string& where : source.patches) {
    const bool range = git && !fs::exists(where) && where.find("..") != std::string::npos;
    auto more = range ? patch::load_range(git->repository, where) : patch::load(where);
    patches.insert(patches.end(), std::make_move_iterator(more.begin()),
                   std::make_move_iterator(more.end()));
  }
  return patches;
}

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

static std::string name_of_kernel(const Base& base, const model::BuildSource& source,
                                  std::size_t patches) {
  std::string name = fmt::format("{}, {}", base.origin, source.config);
  if (!source.fragments.empty()) name += fmt::format(" + {}", fmt::join(source.fragments, " + "));
  if (patches > 0) name += fmt::format(", {} {}", patches, patches == 1 ? "patch" : "patches");
  return name;
}

namespace {
class Build {
 public:
  Build(const model::BuildSource& source, const Patches& patches, const Settings& settings)
      : series_(patches.series),
        patches_(series_.begin(), series_.begin() + static_cast<std::ptrdiff_t>(patches.applied)),
        settings_(settings),
        say_(settings.say ? settings.say : [](std::string_view) {}),
        kernels_(fs::absolute(settings.cache) / "kernels"),
        base_(find_base(source, kernels_, say_)),
        config_(read_config_input(source.config, source.fragments, settings.fragments)),
        toolchain_(find_toolchain(settings.compiler)),
        tree_(kernels_ / "trees" / base_.tree),
        origin_(name_of_kernel(base_, source, patches_.size())),
        inputs_(inputs()),
        log_(tree_ / "logs" / (inputs_ + ".log")) {}

  Built run() {
    const fs::path entry = kernels_ / "built" / inputs_;
    const bool reused = fs::exists(entry);
    kernel::make_once(
        entry, say_, [this](const fs::path& draft) { fill(draft); }, settings_.stop_fd);
    return {entry / "root", origin_, reused};
  }

 private:
  std::string inputs() const {
    util::Hasher hasher;
    hasher.add(kRecipe).add(base_.identity).add(config_.identity).add(toolchain_.identity);
    for (const Patch& patch : patches_)
      hasher.add(patch.diff).add(std::to_string(patch.strip));
    return hasher.hex();
  }

  void fill(const fs::path& draft) {
    const util::FileLock lock = lock_tree();
    if (!fs::exists(tree_ / "source")) prune(tree_.parent_path(), kForgotten, say_);
    base_.check_out(tree_);
    require_new_enough(toolchain_, tree_ / "source");
    if (patches_.size() < series_.size()) require_applicable(tree_, series_);
    apply(tree_, patches_);
    const std::string name = util::Hasher().add(config_.identity).add(toolchain_.identity).hex();
    const fs::path build = tree_ / ("build-" + name.substr(0, 16));
    fs::create_directories(build);
    fs::create_directories(log_.parent_path());
    fs::remove(log_);
    compile({.source = tree_ / "source",
             .build = build,
             .log = log_,
             .toolchain = toolchain_,
             .jobs = job_count(settings_.jobs),
             .stop_fd = settings_.stop_fd,
             .lock_fd = lock.fd(),
             .live = settings_.live},
            draft);
  }

  // Held by what make starts too: after a kill -9 of kproof the next one waits for its compilers.
  util::FileLock lock_tree() const {
    fs::create_directories(tree_);
    const fs::path path = tree_ / "lock";
    if (auto lock = util::FileLock::try_acquire(path)) return std::move(*lock);
    say_(fmt::format("waiting for process {}, which builds in {}", util::FileLock::holder(path),
                     tree_.string()));
    return util::FileLock::acquire(path, settings_.stop_fd);
  }

  void compile(const Make& how, const fs::path& draft) {
    const fs::path unfinished = how.build / ".kproof-unfinished";
    if (fs::exists(unfinished)) remove_unfinished(how.build);
    util::write_file_atomically(unfinished, "");
    try {
      configure_if_needed(how);
      say_(fmt::format("building {} with {} jobs; log: {}", origin_, how.jobs, log_.string()));
      make(how, targets(how.build));
      install(how, draft);
    } catch (const Failed& failed) {
      fs::remove(unfinished);  // make ended by itself, so what it left is whole
      refuse(how, failed);
    }
    fs::remove(unfinished);
  }

  // Coverage of all would be slow under TCG, so the two directories that kproof is about. What
  // kbuild asks for each object is a make variable, expanded where it is used ($(obj) is the
  // directory).
  static std::vector<std::string> targets(const fs::path& build) {
    std::vector<std::string> list{"bzImage"};
    const auto config = kconfig::parse_dotconfig(util::read_file(build / ".config"));
    // make refuses to build modules where there can be none.
    if (kconfig::value_of(config, "MODULES") == "y") list.emplace_back("modules");
    if (kconfig::value_of(config, "GCOV_KERNEL") == "y")
      list.emplace_back(
          "GCOV_PROFILE=$(if $(filter mm mm/% arch/x86/kvm arch/x86/kvm/%,$(obj)),y)");
    return list;
  }

  // Half a minute that patch n+1 does not need, unless it touches what the config is made from.
  void configure_if_needed(const Make& how) {
    util::Hasher hasher;
    hasher.add(config_.identity).add(toolchain_.identity).add(kRecipe).add(base_.shape());
    for (const Patch& patch : patches_)
      if (std::any_of(patch.files.begin(), patch.files.end(), shapes_config))
        hasher.add(patch.diff);
    const fs::path stamp = how.build / ".kproof-config";
    if (fs::exists(stamp) && fs::exists(how.build / ".config") &&
        util::read_file(stamp) == hasher.hex() + util::hash_file(how.build / ".config"))
      return;
    configure(how, config_, say_);
    util::write_file_atomically(stamp, hasher.hex() + util::hash_file(how.build / ".config"));
  }

  void install(const Make& how, const fs::path& draft) {
    const std::string release =
        util::chomp(util::read_file(how.build / "include/config/kernel.release"));
    const fs::path root = draft / "root", modules = root / "lib/modules" / release;
    fs::create_directories(root / "boot");
    fs::copy_file(how.build / "arch/x86/boot/bzImage", root / "boot" / ("vmlinuz-" + release));
    fs::copy_file(how.build / ".config", root / "boot" / ("config-" + release));
    if (util::read_file(how.build / ".config").find("\nCONFIG_MODULES=y\n") != std::string::npos)
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
    util::write_file_atomically(draft / "origin", origin_ + "\n");
  }

  [[noreturn]] void refuse(const Make& how, const Failed& failed) const {
    const std::string whose = blame(files_in_error(failed.said, how.source), patches_);
    throw Unbuildable(fmt::format("{} does not build:\n{}{}{}", origin_, essence(failed.said),
                                  whose.empty() ? "" : "\n", whose),
                      fmt::format("the whole log is {}", log_.string()));
  }

  const std::vector<Patch>& series_;
  const std::vector<Patch> patches_;  // the first of them: what is built
  const Settings& settings_;
  const kernel::Progress say_;
  const fs::path kernels_;
  const Base base_;
  const ConfigInput config_;
  const Toolchain toolchain_;
  const fs::path tree_;
  const std::string origin_;
  const std::string inputs_;  // hash of them
  const fs::path log_;
};

// Says in every error which kernel of the plan it is about.
template <class Work>
auto with_place(const model::KernelSpec& spec, Work work) {
  const auto name = [&spec](const char* what) {
    return fmt::format("{}{}kernel {}: {}", spec.place, spec.place.empty() ? "" : ": ", spec.name,
                       what);
  };
  try {
    return work();
  } catch (const Unbuildable& error) {
    throw Unbuildable(name(error.what()), error.hint());
  } catch (const ConfigError& error) {
    throw ConfigError(name(error.what()), error.hint());
  } catch (const Interrupted&) {
    throw;
  } catch (const HostError& error) {
    throw HostError(name(error.what()), error.hint());
  } catch (const fs::filesystem_error& error) {
    if (error.code() != std::errc::no_space_on_device) throw HostError(name(error.what()));
    const fs::path target = error.path2().empty() ? error.path1() : error.path2();
    throw HostError(name(full_disk({target.parent_path()}).c_str()),
                    "free some space there, or set KPROOF_CACHE");
  }
}
}  // namespace

kernel::Progress now_and_then(kernel::Progress say) {
  using std::chrono::steady_clock;
  return [say = std::move(say), last = steady_clock::now()](std::string_view line) mutable {
    if (steady_clock::now() - last < std::chrono::seconds(30)) return;
    last = steady_clock::now();
    say(fmt::format("building: {}", line));
  };
}

Built build(const model::BuildSource& source, const Patches& patches, const Settings& settings) {
  return Build(source, patches, settings).run();
}

static model::KernelArtifact bootable(const model::KernelSpec& spec, const Built& built,
                                      const Settings& settings) {
  model::KernelSpec found = spec;
  found.source = model::PathSource{built.root};
  model::KernelArtifact artifact = kernel::Store(settings.cache, settings.say).fetch(found);
  artifact.origin = built.origin;
  return artifact;
}

model::KernelArtifact fetch(const model::KernelSpec& spec, const Patches& patches,
                            const Settings& settings) {
  const auto& source = std::get<model::BuildSource>(spec.source);
  return bootable(spec, with_place(spec, [&] { return build(source, patches, settings); }),
                  settings);
}

model::KernelArtifact fetch(const model::KernelSpec& spec, const Settings& settings) {
  const auto* source = std::get_if<model::BuildSource>(&spec.source);
  if (!source) return kernel::Store(settings.cache, settings.say).fetch(spec);
  return fetch(spec, {with_place(spec, [&] { return load_patches(*source); })}, settings);
}

}  // namespace kproof::source
