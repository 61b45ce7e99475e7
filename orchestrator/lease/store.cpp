#include "lease/store.hpp"

#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <memory>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/error.hpp"
#include "util/files.hpp"
#include "util/units.hpp"

namespace kproof::lease {
namespace fs = std::filesystem;

static fs::path lease_file(const fs::path& directory, std::size_t attempt) {
  return directory / fmt::format("{}.lease", attempt);
}

// Of "12.lease" 12; 0 of any other name.
static std::size_t attempt_of(const fs::path& file) {
  const std::string name = file.filename().string();
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc() && std::string_view(end) == ".lease" ? number : 0;
}

static std::size_t last_attempt(const fs::path& directory) {
  std::size_t last = 0;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(directory, none))
    last = std::max(last, attempt_of(entry.path()));
  return last;
}

// "" for what cannot be read: as corrupt as any other nonsense.
static std::string bytes_of(const fs::path& file) {
  try {
    return util::read_file(file);
  } catch (const HostError&) {
    return "";
  }
}

// Over the whole of the file, which is not cut: a reader finds the old bytes, the new ones or some
// of both, and these have no right checksum until a moment later.
static void put(const util::Fd& fd, const Record& record, const fs::path& file) {
  const std::string text = to_text(record);
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n =
        ::pwrite(fd.get(), text.data() + done, text.size() - done, static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw util::file_error("write", file, n < 0 ? errno : ENOSPC);
    done += static_cast<std::size_t>(n);
  }
  struct stat now {};
  if (::fstat(fd.get(), &now) == 0 && now.st_size != static_cast<off_t>(kRecordSize))
    (void)!::ftruncate(fd.get(), static_cast<off_t>(kRecordSize));
  if (::fsync(fd.get()) != 0) throw util::file_error("write", file, errno);
}

static bool is_same_file(const util::Fd& fd, const fs::path& file) {
  struct stat a {
  }, b{};
  return ::fstat(fd.get(), &a) == 0 && ::stat(file.c_str(), &b) == 0 && a.st_dev == b.st_dev &&
         a.st_ino == b.st_ino;
}

Lease::Lease(util::Fd fd, fs::path file, std::size_t attempt, Record record)
    : fd_(std::move(fd)), file_(std::move(file)), attempt_(attempt), record_(std::move(record)) {}

Lease::Beat Lease::beat() {
  const std::lock_guard lock(mutex_);
  if (record_.state != State::held) return Beat::mine;
  ++record_.beat;
  put(fd_, record_, file_);
  const bool superseded = fs::exists(lease_file(file_.parent_path(), attempt_ + 1));
  return superseded || !is_same_file(fd_, file_) ? Beat::lost : Beat::mine;
}

void Lease::end(State state, const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (record_.state != State::held) return;
  record_.state = state;
  record_.why = why;
  try {
    put(fd_, record_, file_);
  } catch (const HostError&) {  // NOLINT(bugprone-empty-catch): as the header says
  }
}

void Lease::give_back(const std::string& why) {
  end(State::given_back, why);
}

void Lease::fail(const std::string& why) {
  end(State::failed, why);
}

void Lease::finish() {
  end(State::done, "");
}

util::Millis Store::monotonic() {
  return std::chrono::duration_cast<util::Millis>(
      std::chrono::steady_clock::now().time_since_epoch());
}

Store::Store(fs::path directory, Holder self, Rules rules, Clock clock)
    : directory_(std::move(directory)),
      self_(std::move(self)),
      rules_(rules),
      clock_(std::move(clock)) {}

Seen Store::observe(const fs::path& file) {
  std::string bytes = bytes_of(file);
  const util::Millis now = clock_();
  auto [at, first] = sights_.try_emplace(file, Sight{bytes, now});
  if (!first && at->second.bytes != bytes) at->second = {bytes, now};
  Seen seen{.record = parse(bytes), .unchanged = now - at->second.since};
  if (seen.record) seen.runs = runs(seen.record->holder, self_);
  return seen;
}

Decision Store::look(const std::string& key) {
  const fs::path directory = directory_ / key;
  std::vector<Seen> attempts;
  const std::size_t last = last_attempt(directory);
  for (std::size_t n = 1; n <= last; ++n)
    attempts.push_back(observe(lease_file(directory, n)));
  return decide(attempts, self_, rules_);
}

namespace {

// A file beside the lease's place that goes when its owner does, linked there or not.
class Beside {
 public:
  Beside(const fs::path& directory, const Holder& self)
      : path_(directory / fmt::format(".{}.{}.{}", self.host, self.pid, ++made)),
        fd_(::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644)) {
    if (!fd_) throw util::file_error("create", path_, errno);
  }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  ~Beside() { ::unlink(path_.c_str()); }
  const fs::path& path() const { return path_; }
  util::Fd& fd() { return fd_; }
  // NFS may lose the answer of a link() that was made, and say EEXIST to the second try.
  bool is_linked() const {
    struct stat now {};
    return ::fstat(fd_.get(), &now) == 0 && now.st_nlink == 2;
  }

 private:
  static inline std::atomic<unsigned> made{0};
  fs::path path_;
  util::Fd fd_;
};

}  // namespace

static bool lacks_links(int error) {
  return error == EPERM || error == EOPNOTSUPP || error == ENOSYS || error == EMLINK;
}

static util::Fd create_alone(const fs::path& file, const Record& record) {
  util::Fd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!fd && errno != EEXIST) throw util::file_error("create", file, errno);
  if (fd) put(fd, record, file);
  return fd;
}

// The lease's file, opened; nothing when there is one already.
static util::Fd place(const fs::path& file, const Record& record) {
  Beside beside(file.parent_path(), record.holder);
  put(beside.fd(), record, beside.path());
  const int failed = ::link(beside.path().c_str(), file.c_str()) == 0 ? 0 : errno;
  if (failed == 0 || beside.is_linked()) return std::move(beside.fd());
  if (lacks_links(failed)) return create_alone(file, record);
  if (failed != EEXIST) throw util::file_error("create", file, failed);
  return {};
}

std::unique_ptr<Lease> Store::claim(const std::string& key, std::size_t attempt,
                                    const std::string& until) {
  const fs::path directory = directory_ / key;
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) throw util::file_error("create", directory, error.value());
  const Record record{.holder = self_, .since = util::now(), .until = until};
  const fs::path file = lease_file(directory, attempt);
  util::Fd fd = place(file, record);
  if (!fd) return nullptr;
  return std::make_unique<Lease>(std::move(fd), file, attempt, record);
}

void forget(const fs::path& directory, const std::string& key) {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(directory / key, none))
    if (attempt_of(entry.path()) > 0) fs::remove(entry.path());
}

}  // namespace kproof::lease
