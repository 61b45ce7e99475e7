#include "cache/inventory.hpp"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <optional>
#include <set>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "cache/holders.hpp"
#include "cache/leftover.hpp"
#include "cache/use.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/hash.hpp"
#include "util/text.hpp"

namespace kproof::cache {
namespace fs = std::filesystem;

static std::uint64_t bytes_of(const fs::path& path, std::set<std::pair<dev_t, ino_t>>& seen) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return 0;
  if (status.st_nlink > 1 && !S_ISDIR(status.st_mode) &&
      !seen.insert({status.st_dev, status.st_ino}).second)
    return 0;
  return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

std::uint64_t disk_usage(const fs::path& path) {
  std::set<std::pair<dev_t, ino_t>> seen;
  std::uint64_t bytes = bytes_of(path, seen);
  std::error_code error;  // somebody may be removing it
  if (!fs::is_directory(fs::symlink_status(path, error))) return bytes;
  using Walk = fs::recursive_directory_iterator;
  for (Walk at(path, fs::directory_options::skip_permission_denied, error), end;
       !error && at != end; at.increment(error))
    bytes += bytes_of(at->path(), seen);
  return bytes;
}

static Time to_time(const timespec& time) {
  using namespace std::chrono;
  return Time(duration_cast<Time::duration>(seconds(time.tv_sec) + nanoseconds(time.tv_nsec)));
}

static std::optional<timespec> changed(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;
  return status.st_mtim;
}

namespace {
// <entry>.used: what was measured, and of which use that is.
class Record {
 public:
  Record(const fs::path& entry, const timespec& made)
      : fd_(::open(record_of(entry).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644)) {
    if (fd_)
      set_time(made);  // before there were records
    else
      fd_.reset(::open(record_of(entry).c_str(), O_RDWR | O_CLOEXEC));
    if (!fd_) fd_.reset(::open(record_of(entry).c_str(), O_RDONLY | O_CLOEXEC));  // another user's
    used_ = changed(record_of(entry)).value_or(made);
  }
  Time used() const { return to_time(used_); }
  // As kept since the last use; with `for_ever`, however long ago.
  std::optional<std::uint64_t> bytes(bool for_ever) const {
    char text[64] = {};
    unsigned long long bytes = 0;
    long long seconds = 0;
    long nanos = 0;
    if (!fd_ || ::pread(fd_.get(), text, sizeof text - 1, 0) <= 0 ||
        std::sscanf(text, "%llu bytes at %lld.%ld", &bytes, &seconds, &nanos) != 3)
      return std::nullopt;
    const bool since_use = seconds == used_.tv_sec && nanos == used_.tv_nsec;
    return for_ever || since_use ? std::optional<std::uint64_t>(bytes) : std::nullopt;
  }
  void keep(std::uint64_t bytes) const {
    const std::string text =
        fmt::format("{:<20} bytes at {}.{}\n", bytes, used_.tv_sec, used_.tv_nsec);
    if (fd_ && ::pwrite(fd_.get(), text.data(), text.size(), 0) > 0) set_time(used_);
  }

 private:
  void set_time(const timespec& time) const {
    const timespec times[2] = {time, time};
    ::futimens(fd_.get(), times);
  }
  util::Fd fd_;
  timespec used_{};
};

class Look {
 public:
  explicit Look(const fs::path& cache) : cache_(cache), kernels_(cache / "kernels") {
    owners_ = parse_locks(util::read_file("/proc/locks"));
  }
  std::vector<Entry> at_all();

 private:
  using Name = std::function<std::string(const fs::path&)>;
  void each(const fs::path& directory, Kind kind, const Name& name);
  void tree(const fs::path& tree);
  void runs();
  void rest();
  void add(Entry entry);
  void leftover(const fs::path& path);

  const fs::path cache_, kernels_;
  LockOwners owners_;
  std::vector<Entry> entries_;
};
}  // namespace

static bool is_bookkeeping(const fs::path& path) {
  return path.extension() == ".lock" || path.extension() == ".used";
}

static std::vector<fs::path> entries_in(const fs::path& directory) {
  std::vector<fs::path> paths;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(directory, none))
    if (!is_bookkeeping(entry.path())) paths.push_back(entry.path());
  std::ranges::sort(paths);
  return paths;
}

static std::string file_name(const fs::path& path) {
  return path.filename().string();
}

static std::string first_line(const fs::path& file, const fs::path& otherwise) {
  std::error_code none;
  if (!fs::is_regular_file(file, none)) return file_name(otherwise);
  const std::string text = util::read_file(file);
  return text.substr(0, text.find('\n'));
}

static std::string release_in(const fs::path& image) {
  std::error_code none;
  if (!fs::is_regular_file(image / "kernel.json", none)) return file_name(image);
  const auto facts = nlohmann::json::parse(util::read_file(image / "kernel.json"), nullptr, false);
  return facts.is_object() ? facts.value("release", file_name(image)) : file_name(image);
}

static std::uint64_t own_bytes(const Entry& entry) {
  std::uint64_t bytes = disk_usage(entry.path);
  if (entry.kind != Kind::tree) return bytes;
  for (const fs::path& part : entries_in(entry.path))
    if (is_part_of_tree(part)) bytes -= std::min(bytes, disk_usage(part));
  return bytes;
}

// A size that was measured while somebody worked there is no size to remember, but of what never
// changes: a run looks while it holds its own kernels, and would count their modules each time.
void Look::add(Entry entry) {
  std::set<pid_t> pids;
  std::vector<fs::path> locks = entry.locks;
  locks.push_back(record_of(entry.path));
  for (const fs::path& lock : locks) {
    const Hold hold = hold_of(lock, owners_);
    entry.held |= hold.held;
    pids.insert(hold.pids.begin(), hold.pids.end());
  }
  for (const pid_t pid : pids)
    entry.holders.push_back(process_name(pid));
  const auto made = changed(entry.path);
  if (!made) return;
  if (entry.kind == Kind::leftover || !replaceable(entry.kind)) {
    entry.used = to_time(*made);
    entry.bytes = own_bytes(entry);
  } else {
    const Record record(entry.path, *made);
    entry.used = record.used();
    const bool for_ever = never_changes(entry.kind);
    const auto known = record.bytes(for_ever);
    entry.bytes = known ? *known : own_bytes(entry);
    if (!known && (for_ever || !entry.held)) record.keep(entry.bytes);
  }
  entries_.push_back(std::move(entry));
}

void Look::leftover(const fs::path& path) {
  Entry entry{.kind = Kind::leftover, .path = path, .what = file_name(path)};
  entry.locks = {lock_of_leftover(path)};
  add(std::move(entry));
}

void Look::each(const fs::path& directory, Kind kind, const Name& name) {
  for (const fs::path& path : entries_in(directory))
    if (is_leftover(path))
      leftover(path);
    else
      add({.kind = kind, .path = path, .what = name(path), .locks = {path.string() + ".lock"}});
}

// A build has a lock of its own, as several of one tree run at once.
void Look::tree(const fs::path& tree) {
  const std::string name = file_name(tree);
  for (const fs::path& part : entries_in(tree)) {
    const std::string own = file_name(part);
    if (is_leftover(part))
      leftover(part);
    else if (is_part_of_tree(part))
      add({.kind = own == "ccache" ? Kind::ccache : Kind::build,
           .path = part,
           .what = fmt::format("{} of {}", own, name),
           .tree = tree,
           .locks = {tree / (own == "ccache" ? "lock" : "." + own)}});
  }
  add({.kind = Kind::tree, .path = tree, .what = name, .locks = {tree / "lock"}});
}

void Look::runs() {
  std::error_code none;
  for (const fs::path& link : entries_in(cache_ / "runs")) {
    const fs::path out = fs::read_symlink(link, none);
    for (const fs::path& path : entries_in(out))
      if (is_leftover(path)) leftover(path);
    if (fs::is_directory(out / "images", none))
      add({.kind = Kind::guest_image, .path = out / "images", .what = out.string()});
    else if (!fs::exists(out, none))
      fs::remove(link, none);
  }
}

void Look::rest() {
  static const std::set<std::string> known{"kernels", "libvirt", "runs"};
  for (const fs::path& path : entries_in(cache_)) {
    const std::string name = file_name(path);
    const bool record = name.ends_with(".json") || name.find(".sqlite") != name.npos;
    if (is_leftover(path))
      leftover(path);
    else if (!known.contains(name))
      add({.kind = record ? Kind::record : Kind::other, .path = path, .what = name});
  }
}

std::vector<Entry> Look::at_all() {
  each(kernels_ / "packages", Kind::package, file_name);
  each(kernels_ / "debs", Kind::package,
       [](const fs::path& deb) { return first_line(deb / "origin", deb); });
  each(kernels_ / "built", Kind::kernel,
       [](const fs::path& built) { return first_line(built / "origin", built); });
  each(kernels_ / "images", Kind::boot_image, release_in);
  for (const fs::path& path : entries_in(kernels_ / "trees"))
    is_leftover(path) ? leftover(path) : tree(path);
  if (fs::exists(kernels_ / "resolved"))
    add({.kind = Kind::apt, .path = kernels_ / "resolved", .what = "candidates of packages"});
  each(cache_ / "libvirt", Kind::libvirt, file_name);
  runs();
  rest();
  return std::move(entries_);
}

std::vector<Entry> look(const fs::path& cache) {
  return Look(fs::absolute(cache)).at_all();
}

void note_run(const fs::path& cache, const fs::path& out) {
  const fs::path place = fs::absolute(out).lexically_normal();
  const fs::path link = cache / "runs" / util::Hasher().add(place.string()).hex();
  std::error_code ignored;  // the budget forgets these images, and nothing else
  fs::create_directories(link.parent_path(), ignored);
  fs::create_directory_symlink(place, link, ignored);
  use(place / "images");
}

}  // namespace kproof::cache
