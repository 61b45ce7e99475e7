#include "source/compilation.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <mutex>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache/remove.hpp"
#include "cache/use.hpp"
#include "kconfig/dotconfig.hpp"
#include "kernel/located.hpp"
#include "resources/limits.hpp"
#include "source/build_user.hpp"
#include "source/hold.hpp"
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
  const auto limits = resources::read_limits(resources::text_of);
  return static_cast<unsigned>(least(limits.cores, &resources::Limit::now).now);
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
      log_(tree_ / "logs" / (name_.inputs + ".log")) {
  if (::geteuid() == 0 && !settings_.as_root) user_ = build_user(tree_);
}

namespace {
// What root makes for others to read, whatever its shell says. Of the whole process: while any of
// its threads builds. The directory of a run is made before, as the user's own mask has it.
class Readable {
 public:
  Readable() {
    const std::lock_guard lock(mutex_);
    if (builds_++ == 0) before_ = ::umask(022);
  }
  ~Readable() {
    const std::lock_guard lock(mutex_);
    if (--builds_ == 0) ::umask(before_);
  }
  Readable(const Readable&) = delete;
  Readable& operator=(const Readable&) = delete;

 private:
  static inline std::mutex mutex_;
  static inline unsigned builds_ = 0;
  static inline mode_t before_ = 0;
};
}  // namespace

static constexpr const char* kUnfinished = ".kproof-unfinished";

void Compilation::fill(const fs::path& draft) const {
  in_tree([&](const Make& how) {
    in_build(how, [&] { compile(how); });
    install(how, draft);
    const util::ActingAs acting(user());
    fs::remove(how.build / kUnfinished);
  });
}

Finished Compilation::finished() const {
  Finished finished;
  in_tree([&](const Make& how) {
    in_build(how, [&] { finished.config = finish(how, foundation_.config, settings_.say); });
    finished.language = read_language_of(how.source);
    const util::ActingAs acting(user());
    fs::remove(how.build / kUnfinished);
  });
  fs::remove(log_);
  return finished;
}

// With the locks held, and in the tree what is to be built.
void Compilation::in_tree(const std::function<void(const Make&)>& work) const {
  const Readable readable;
  fs::create_directories(tree_.parent_path());
  cache::use(tree_);
  fs::create_directories(tree_);
  const util::FileLock of_build = hold_build(tree_, name_of_build(), settings_);
  const util::FileLock of_source = hold_source(
      tree_, state(), [this] { put_in_order(); }, settings_);
  if (user_) require_usable(*user_, tree_);
  require_new_enough(foundation_.toolchain, tree_ / "source", user_);
  fs::create_directories(log_.parent_path());
  fs::remove(log_);
  const fs::path build = tree_ / name_of_build();
  cache::use(build);
  hand_over(build);
  const fs::path compiler_cache = user_ ? tree_ / "ccache" : fs::path();
  if (user_) {
    cache::use(compiler_cache);
    hand_over(compiler_cache);
  }
  work({.source = tree_ / "source",
        .build = build,
        .log = log_,
        .toolchain = foundation_.toolchain,
        .user = user_,
        .compiler_cache = compiler_cache,
        .jobs = job_count(settings_.jobs),
        .niceness = settings_.niceness,
        .stop_fd = settings_.stop_fd,
        .locks = {of_build.fd(), of_source.fd()},
        .live = settings_.live});
}

// One that another user has built in is left to that one.
std::string Compilation::name_of_build() const {
  util::Hasher hasher;
  hasher.add(settings_.build.empty() ? foundation_.config.identity : settings_.build);
  hasher.add(foundation_.toolchain.identity);
  if (user_) hasher.add(std::to_string(user_->uid));
  return "build-" + hasher.hex().substr(0, 16);
}

// Makes a directory of the user who builds.
void Compilation::hand_over(const fs::path& directory) const {
  fs::create_directories(directory);
  if (user_ && ::lchown(directory.c_str(), user_->uid, user_->gid) != 0)
    throw util::file_error("chown", directory, errno);
}

// What source/ holds when this kernel is built, and that all of the series was found to apply.
std::string Compilation::state() const {
  util::Hasher hasher;
  hasher.add(foundation_.base.identity).add(std::to_string(patches_.size()));
  for (const Patch& patch : series_)
    hasher.add(patch.diff).add(std::to_string(patch.strip));
  return hasher.hex();
}

void Compilation::put_in_order() const {
  if (!fs::exists(tree_ / "source"))  // of 1.5 GB, and its builds as much
    cache::keep_within(settings_.cache, settings_.cache_budget, settings_.say);
  foundation_.base.check_out(tree_);
  if (patches_.size() < series_.size()) require_applicable(tree_, series_);
  apply(tree_, patches_);
}

// All that is done in the build's directory is done as the user who builds there: what lies under
// a name is his to choose.
void Compilation::in_build(const Make& how, const std::function<void()>& work) const {
  const auto turn = settings_.turn(how.jobs);
  std::ofstream(log_, std::ios::app).close();
  if (user_ && ::lchown(log_.c_str(), user_->uid, user_->gid) != 0)
    throw util::file_error("chown", log_, errno);
  const fs::path unfinished = how.build / kUnfinished;
  const util::ActingAs acting(user());
  if (fs::exists(unfinished)) remove_unfinished(how.build);
  util::write_file_atomically(unfinished, "");
  try {
    work();
  } catch (const Failed& failed) {
    fs::remove(unfinished);  // make ended by itself, so what it left is whole
    refuse(how, failed);
  }
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

static constexpr const char* kStage = ".kproof-modules";

void Compilation::stage_modules(const Make& how) const {
  const fs::path stage = how.build / kStage;
  fs::remove_all(stage);
  fs::create_directory(stage);
  if (sets(how.build, "MODULES"))
    make(how, {"modules_install", "INSTALL_MOD_PATH=" + stage.string(), "INSTALL_MOD_STRIP=1",
               "DEPMOD=true"});
}

// What make has left there, read as the user who ran it and written as ours: no link of his leads
// to a file that he could not read, and what he goes on to do to his own is none of ours.
void Compilation::take(const fs::path& from, const fs::path& to) const {
  util::Fd file;
  {
    const util::ActingAs acting(user());
    constexpr int kNoTrap = O_NOFOLLOW | O_NONBLOCK;  // nor does it wait for a FIFO's other end
    file.reset(::open(from.c_str(), O_RDONLY | O_CLOEXEC | kNoTrap));
    if (!file) throw util::file_error("read", from, errno);
  }
  fs::create_directories(to.parent_path());
  const util::Fd copy(::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!copy) throw util::file_error("create", to, errno);
  util::copy_all(file, from, copy, to);
}

void Compilation::take_modules(const fs::path& stage, const fs::path& root) const {
  std::vector<fs::path> files;
  {
    const util::ActingAs acting(user());
    for (const auto& file : fs::recursive_directory_iterator(stage))
      if (fs::is_regular_file(file.symlink_status()))  // no links into the tree
        files.push_back(file.path().lexically_relative(stage));
  }
  for (const fs::path& file : files)
    take(stage / file, root / file);
}

// As make says it; it becomes a part of names.
std::string Compilation::release_of(const fs::path& build) const {
  const util::ActingAs acting(user());
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
  take(how.build / "arch/x86/boot/bzImage", root / "boot" / ("vmlinuz-" + release));
  take(how.build / ".config", root / "boot" / ("config-" + release));
  take(how.build / "vmlinux", root / kernel::debug_vmlinux(release));
  take_modules(how.build / kStage, root);
  // Says which modules need not be loaded; a kernel without CONFIG_MODULES has the list, too.
  take(how.build / "modules.builtin", modules / "modules.builtin");
  take(log_, draft / "kproof-build.log");
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
