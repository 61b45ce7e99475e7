#include "resources/ledger.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "resources/taken.hpp"

namespace kproof::resources {
namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

static constexpr const char* kClaim = "claim-";
static constexpr const char* kDraft = "draft-";

std::vector<fs::path> Ledger::usual_directories() {
  if (const char* own = std::getenv("KPROOF_CLAIMS"); own && *own) return {own};
  return {"/run/lock/kproof", "/tmp/kproof-claims"};
}

// For all users, each of whom may remove his own files only, as in /tmp. One that was there before
// is left as it is.
static util::Fd open_directory(const fs::path& path) {
  if (::mkdir(path.c_str(), 0700) == 0) ::chmod(path.c_str(), 01777);
  return util::Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// The name of a user; his number where it has none.
static std::string user_name(uid_t uid) {
  char buffer[4096];
  passwd entry{};
  passwd* found = nullptr;
  ::getpwuid_r(uid, &entry, buffer, sizeof buffer, &found);
  return found ? found->pw_name : std::to_string(uid);
}

namespace {
// flock(2) on the directory, waited for no longer than a second.
class Turn {
 public:
  explicit Turn(int directory) : directory_(directory) {
    const auto end = steady_clock::now() + std::chrono::seconds(1);
    for (milliseconds pause(1); !(held_ = ::flock(directory, LOCK_EX | LOCK_NB) == 0);
         pause = std::min(2 * pause, milliseconds(20))) {
      if (errno != EWOULDBLOCK && errno != EINTR) return;
      if (steady_clock::now() > end) return;
      std::this_thread::sleep_for(pause);  // flock has no time-out
    }
  }
  Turn(Turn&& other) noexcept
      : directory_(other.directory_), held_(std::exchange(other.held_, false)) {}
  Turn& operator=(Turn&&) = delete;
  bool held() const { return held_; }
  ~Turn() {
    if (held_) ::flock(directory_, LOCK_UN);
  }

 private:
  int directory_;
  bool held_ = false;
};
}  // namespace

Ledger::Ledger(std::vector<fs::path> directories, Claim mine)
    : paths_(std::move(directories)),
      mine_(std::move(mine)),
      changes_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  open_directories();
}

Ledger::~Ledger() {
  for (const Directory& directory : directories_)
    if (file_ && directory.path == written_in_) ::unlinkat(directory.fd.get(), name_.c_str(), 0);
}

std::string Ledger::directory() const {
  return written_in_.string();
}

// Again at each decision: another run, of root perhaps, may have made the first of them since.
void Ledger::open_directories() {
  static constexpr std::uint32_t kChanges =
      IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_DELETE | IN_MOVED_TO;
  std::vector<Directory> open;
  for (const fs::path& path : paths_) {
    const auto known = std::ranges::find(directories_, path, &Directory::path);
    if (known != directories_.end()) {
      open.push_back(std::move(*known));
      continue;
    }
    util::Fd fd = open_directory(path);
    if (!fd) continue;
    ::inotify_add_watch(changes_.get(), fmt::format("/proc/self/fd/{}", fd.get()).c_str(),
                        kChanges);
    open.push_back({path, std::move(fd)});
  }
  directories_ = std::move(open);
  if (directories_.empty())
    problem_ = fmt::format("other runs of this host are not seen: cannot open {}",
                           paths_.empty() ? "any directory" : paths_.front().string());
}

static std::string any_name() {
  std::random_device random;
  return fmt::format("{}-{:08x}", ::getpid(), random());
}

// Locked from before it has the name of a claim on.
bool Ledger::publish(const Directory& in) {
  const std::string name = any_name(), draft = kDraft + name;
  util::Fd file(::openat(in.fd.get(), draft.c_str(),
                         O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!file) return false;
  ::fchmod(file.get(), 0644);  // whatever the umask is
  name_ = kClaim + name;
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0 ||
      ::renameat(in.fd.get(), draft.c_str(), in.fd.get(), name_.c_str()) != 0) {
    ::unlinkat(in.fd.get(), draft.c_str(), 0);
    return false;
  }
  file_ = std::move(file);
  written_in_ = in.path;
  return true;
}

static bool is_for_all(const util::Fd& directory) {
  struct stat status {};
  return ::fstat(directory.get(), &status) == 0 && (status.st_mode & 01777) == 01777;
}

// In the first that all users can read and none can empty, rather than in one that some user made.
bool Ledger::publish_anywhere() {
  for (const bool for_all : {true, false})
    for (const Directory& one : directories_)
      if (is_for_all(one.fd) == for_all && publish(one)) return true;
  return false;
}

// A claim that says the same as before is fresh again, and nobody is woken.
void Ledger::write() {
  if (!file_ && !publish_anywhere()) {
    problem_ = fmt::format(
        "other runs of this host do not see this one: no claim can be written "
        "to {}",
        paths_.empty() ? "any directory" : paths_.front().string());
    return;
  }
  std::string text = to_text(mine_);
  if (text == text_) {
    ::futimens(file_.get(), nullptr);
    return;
  }
  const auto size = static_cast<ssize_t>(text.size());
  if (::pwrite(file_.get(), text.data(), text.size(), 0) != size ||
      ::ftruncate(file_.get(), size) != 0)
    problem_ = fmt::format("other runs of this host do not see what this one claims: {}: {}",
                           (written_in_ / name_).string(), std::strerror(errno));
  text_ = std::move(text);
}

static std::optional<std::string> content_of(int file, std::size_t size) {
  std::string text(size, '\0');
  const ssize_t n = ::pread(file, text.data(), size, 0);
  if (n < 0) return std::nullopt;
  text.resize(static_cast<std::size_t>(n));
  return text;
}

static bool is_fresh(const struct stat& status) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const auto age = now.tv_sec - status.st_mtim.tv_sec;
  return age <= Ledger::kFresh.count() && age >= -Ledger::kFresh.count();
}

// Opened so that no pipe holds us and no link leads us astray. A file whose lock can be had is of a
// dead run; only its user, and root, can remove it.
static std::optional<Claim> read_claim(int directory, const char* name) {
  constexpr off_t kMostBytes = 64 << 10;
  const util::Fd file(
      ::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  if (::flock(file.get(), LOCK_SH | LOCK_NB) == 0) {
    ::unlinkat(directory, name, 0);
    return std::nullopt;
  }
  if (errno != EWOULDBLOCK || status.st_size > kMostBytes) return std::nullopt;
  const auto text = content_of(file.get(), static_cast<std::size_t>(status.st_size));
  auto claim = text ? parse_claim(*text) : std::nullopt;
  if (!claim) return std::nullopt;
  claim->user = user_name(status.st_uid);
  if (!is_fresh(status)) claim->wanted.reset();
  return claim;
}

void Ledger::read_directory(const Directory& directory, std::vector<Claim>& claims) const {
  const int again = ::openat(directory.fd.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (again < 0) return;
  const std::unique_ptr<DIR, int (*)(DIR*)> list(::fdopendir(again), ::closedir);
  while (const dirent* entry = list ? ::readdir(list.get()) : nullptr) {
    const std::string name = entry->d_name;
    if (!name.starts_with(kClaim) && !name.starts_with(kDraft)) continue;
    if (name == name_ && directory.path == written_in_) continue;
    if (auto claim = read_claim(directory.fd.get(), name.c_str());
        claim && name.starts_with(kClaim))
      claims.push_back(std::move(*claim));
  }
}

// Two claims of one process, its cells' and a build's, have the same children: they count once.
std::vector<Claim> Ledger::read_all() {
  std::vector<Claim> claims;
  for (const Directory& directory : directories_)
    read_directory(directory, claims);
  std::set<int> pids{mine_.pid};
  for (const Claim& claim : claims)
    pids.insert(claim.pid);
  auto taken = taken_by_children_of(pids);
  mine_.taken = std::exchange(taken[mine_.pid], {});
  for (Claim& claim : claims)
    claim.taken = std::exchange(taken[claim.pid], {});
  return claims;
}

void Ledger::decide(const Work& work) {
  open_directories();
  std::vector<Turn> turns;  // in the order of the paths, which is everybody's
  for (const Directory& directory : directories_)
    turns.emplace_back(directory.fd.get());
  for (std::size_t i = 0; i < turns.size(); ++i)
    if (!turns[i].held())
      problem_ = fmt::format("{} cannot be locked: runs of this host may start cells at once",
                             directories_[i].path.string());
  const std::vector<Claim> others = read_all();
  work(others, mine_);
  write();
}

void Ledger::drain() const noexcept {
  char events[4096];
  while (::read(changes_.get(), events, sizeof events) > 0)
    continue;
}

}  // namespace kproof::resources
