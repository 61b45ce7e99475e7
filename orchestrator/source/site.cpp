#include "source/site.hpp"

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
#include "resources/limits.hpp"
#include "source/build_user.hpp"
#include "source/hold.hpp"
#include "source/tree.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/hash.hpp"

namespace kproof::source {
namespace fs = std::filesystem;

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

Site::Site(const Base& base, const Patches& patches, const Toolchain& toolchain,
           const Settings& settings)
    : base_(base),
      patches_(patches),
      toolchain_(toolchain),
      settings_(settings),
      tree_(settings.kernels() / "trees" / base.tree) {
  if (::geteuid() == 0 && !settings_.as_root) user_ = build_user(tree_);
}

fs::path Site::log_of(const std::string& inputs) const {
  return tree_ / "logs" / (inputs + ".log");
}

std::string Site::state() const {
  util::Hasher hasher;
  hasher.add(base_.identity).add(std::to_string(patches_.applied));
  for (const patch::Patch& patch : patches_.series)
    hasher.add(patch.diff).add(std::to_string(patch.strip));
  return hasher.hex();
}

void Site::put_in_order() const {
  if (!fs::exists(tree_ / "source"))  // of 1.5 GB, and its builds as much
    cache::keep_within(settings_.cache, settings_.cache_budget, settings_.say);
  base_.check_out(tree_);
  if (patches_.applied < patches_.series.size()) require_applicable(tree_, patches_.series);
  source::apply(tree_, patches_.first());
}

// Makes a directory of the user who builds.
void Site::hand_over(const fs::path& directory) const {
  cache::use(directory);
  fs::create_directories(directory);
  if (user_ && ::lchown(directory.c_str(), user_->uid, user_->gid) != 0)
    throw util::file_error("chown", directory, errno);
}

void Site::enter(const std::string& build, const fs::path& log,
                 const std::function<void(const Make&)>& work) const {
  const Readable readable;
  fs::create_directories(tree_.parent_path());
  cache::use(tree_);
  fs::create_directories(tree_);
  const util::FileLock of_build = hold_build(tree_, build, settings_);
  const util::FileLock of_source = hold_source(
      tree_, state(), [this] { put_in_order(); }, settings_);
  if (user_) require_usable(*user_, tree_);
  require_new_enough(toolchain_, tree_ / "source", user_);
  fs::create_directories(log.parent_path());
  fs::remove(log);
  hand_over(tree_ / build);
  const fs::path compiler_cache = user_ ? tree_ / "ccache" : fs::path();
  if (user_) hand_over(compiler_cache);
  work({.source = tree_ / "source",
        .build = tree_ / build,
        .log = log,
        .toolchain = toolchain_,
        .user = user_,
        .compiler_cache = compiler_cache,
        .jobs = job_count(settings_.jobs),
        .niceness = settings_.niceness,
        .stop_fd = settings_.stop_fd,
        .locks = {of_build.fd(), of_source.fd()},
        .live = settings_.live});
}

static constexpr const char* kUnfinished = ".kproof-unfinished";

void Site::in_build(const Make& how, const std::function<void()>& work,
                    const std::function<void(const Failed&)>& failed) const {
  const auto turn = settings_.turn(how.jobs);
  std::ofstream(how.log, std::ios::app).close();
  if (user_ && ::lchown(how.log.c_str(), user_->uid, user_->gid) != 0)
    throw util::file_error("chown", how.log, errno);
  const fs::path unfinished = how.build / kUnfinished;
  const util::ActingAs acting(user());
  if (fs::exists(unfinished)) remove_unfinished(how.build);
  util::write_file_atomically(unfinished, "");
  try {
    work();
  } catch (const Failed& failure) {
    fs::remove(unfinished);  // make ended by itself, so what it left is whole
    failed(failure);
  }
}

void Site::finish(const Make& how) const {
  const util::ActingAs acting(user());
  fs::remove(how.build / kUnfinished);
}

void Site::take(const fs::path& from, const fs::path& to) const {
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

}  // namespace kproof::source
