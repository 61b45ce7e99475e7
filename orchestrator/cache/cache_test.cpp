// A cache on the disk, with processes that use it.
#include <csignal>

#include <doctest/doctest.h>
#include <sys/wait.h>

#include "cache/holders.hpp"
#include "cache/inventory.hpp"
#include "cache/remove.hpp"
#include "cache/use.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/user.hpp"

using namespace kproof;
using namespace kproof::cache;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {
struct Cache {
  const util::ScratchDir scratch{"kproof-cache-test-"};
  const fs::path path = scratch.path() / "cache", kernels = path / "kernels";
  ~Cache() { forget_uses(); }
  fs::path make(const fs::path& entry, std::size_t bytes, std::chrono::hours ago) const {
    fs::create_directories(entry);
    util::write_file_atomically(entry / "data", std::string(bytes, 'x'));
    fs::last_write_time(entry, fs::file_time_type::clock::now() - ago);
    return entry;
  }
  Entry find(const fs::path& entry) const {
    for (Entry& one : look(path))
      if (one.path == entry) return std::move(one);
    FAIL("there is no " << entry.string());
    return {};
  }
  Removed prune(std::uint64_t budget) const {
    const auto entries = look(path);
    return remove(entries, choose(entries, budget), [](const Entry&) {});
  }
};

// A process that uses `entry` until it is killed.
class User {
 public:
  explicit User(const fs::path& entry) {
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      use(entry);
      if (::write(ready[1], "x", 1) != 1) ::_exit(1);
      for (;;)
        ::pause();
    }
    char byte;
    REQUIRE(::read(ready[0], &byte, 1) == 1);
    ::close(ready[0]);
    ::close(ready[1]);
  }
  ~User() { kill(); }
  pid_t pid() const { return pid_; }
  void kill() {
    if (pid_ > 0) ::kill(pid_, SIGKILL);
    if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  pid_t pid_ = 0;
};
}  // namespace

static Time hours_ago(int hours) {
  return std::chrono::system_clock::now() - std::chrono::hours(hours);
}

TEST_CASE("a look finds each kind, its size, and when it was made where no use is recorded") {
  const Cache cache;
  const fs::path built = cache.make(cache.kernels / "built/abc", 100'000, 40h);
  util::write_file_atomically(built / "origin", "linux 6.1, tinyconfig\n");
  cache.make(cache.kernels / "packages/p_1_amd64", 10, 40h);
  cache.make(cache.kernels / "trees/t/source", 50'000, 40h);
  cache.make(cache.kernels / "trees/t/build-1", 60'000, 40h);
  cache.make(cache.path / "libvirt/l", 10, 40h);
  cache.make(cache.path / "kvm-host", 10, 40h);
  util::write_file_atomically(cache.path / "durations.json", "{}");
  fs::last_write_time(built, fs::file_time_type::clock::now() - 40h);

  const Entry kernel = cache.find(built);
  CHECK(kernel.kind == Kind::kernel);
  CHECK(kernel.what == "linux 6.1, tinyconfig");
  CHECK(kernel.bytes >= 100'000);
  CHECK(kernel.used < hours_ago(39));
  CHECK(kernel.used > hours_ago(41));
  CHECK_FALSE(kernel.held);
  CHECK(cache.find(cache.kernels / "packages/p_1_amd64").kind == Kind::package);
  const Entry tree = cache.find(cache.kernels / "trees/t");
  const Entry build = cache.find(cache.kernels / "trees/t/build-1");
  CHECK(build.tree == tree.path);
  CHECK(build.bytes >= 60'000);
  CHECK(tree.bytes >= 50'000);
  CHECK(tree.bytes < 100'000);
  CHECK(cache.find(cache.path / "libvirt/l").kind == Kind::libvirt);
  CHECK(cache.find(cache.path / "kvm-host").kind == Kind::other);
  CHECK(cache.find(cache.path / "durations.json").kind == Kind::record);
}

TEST_CASE("a use is recorded, and neither a look nor a prune that spares it is one") {
  const Cache cache;
  const fs::path entry = cache.make(cache.kernels / "built/abc", 10, 40h);
  for (int i = 0; i < 3; ++i) {
    cache.prune(1 << 30);
    CHECK(cache.find(entry).used < hours_ago(39));
  }
  User(entry).kill();
  CHECK(cache.find(entry).used > hours_ago(1));
}

TEST_CASE("a size is measured again after a use, and only then") {
  const Cache cache;
  const fs::path entry = cache.make(cache.kernels / "trees/t/build-1", 10, 40h);
  const std::uint64_t first = cache.find(entry).bytes;
  cache.make(entry / "more", 500'000, 0h);
  CHECK(cache.find(entry).bytes == first);
  User user(entry);
  CHECK(cache.find(entry).bytes > first + 499'000);
  cache.make(entry / "evenmore", 500'000, 0h);  // while it is used no size is remembered
  CHECK(cache.find(entry).bytes > first + 999'000);
}

TEST_CASE("of what never changes the size is measured once, also while it is used") {
  const Cache cache;
  const fs::path entry = cache.make(cache.kernels / "built/abc", 10, 40h);
  User user(entry);
  const Entry first = cache.find(entry);
  cache.make(entry / "more", 500'000, 0h);  // nobody does so but this test
  CHECK(cache.find(entry).bytes == first.bytes);
  CHECK(cache.find(entry).used == first.used);
}

TEST_CASE("a user of another's cache believes what is recorded there, and measures nothing again") {
  const Cache cache;
  const fs::path built = cache.make(cache.kernels / "built/abc", 100'000, 40h);
  const std::uint64_t bytes = cache.find(built).bytes;
  util::write_file_atomically(built / "more", std::string(50'000, 'x'));
  fs::permissions(cache.scratch.path(), fs::perms(0755));
  fs::permissions(record_of(built), fs::perms(0444));
  const util::User nobody{.uid = 65534, .gid = 65534};
  const util::ActingAs other(::geteuid() == 0 ? &nobody : nullptr);
  CHECK(cache.find(built).bytes == bytes);
}

TEST_CASE("what a process uses stays and is told with its name, until the process is gone") {
  const Cache cache;
  const fs::path entry = cache.make(cache.kernels / "built/abc", 10, 40h);
  User user(entry);
  const Entry held = cache.find(entry);
  CHECK(held.held);
  REQUIRE(held.holders.size() == 1);
  CHECK(held.holders[0].find("cache_test") != std::string::npos);
  CHECK(held.holders[0].ends_with("pid " + std::to_string(user.pid())));
  CHECK(cache.prune(0).entries == 0);
  CHECK(fs::exists(entry / "data"));
  user.kill();  // by SIGKILL
  CHECK(cache.prune(0).entries == 1);
  CHECK_FALSE(fs::exists(entry));
  CHECK_FALSE(fs::exists(record_of(entry)));
}

TEST_CASE("who claims an entry is refused while it is used, also when it was chosen before") {
  const Cache cache;
  const fs::path entry = cache.make(cache.kernels / "built/abc", 10, 40h);
  const auto entries = look(cache.path);
  const Choice choice = choose(entries, 0);
  CHECK(choice.going.size() == 1);
  use(entry);
  const Removed removed = remove(entries, choice, [](const Entry&) {});
  CHECK(removed.entries == 0);
  REQUIRE(removed.refused.size() == 1);
  CHECK(removed.refused[0].ends_with("abc: somebody uses it now"));
  CHECK(fs::exists(entry / "data"));
}

TEST_CASE("an entry that is made again after it went can be claimed again") {
  const Cache cache;
  const fs::path entry = cache.make(cache.kernels / "built/abc", 10, 40h);
  use(entry);
  forget_uses();
  CHECK(cache.prune(0).entries == 1);
  cache.make(entry, 10, 0h);
  use(entry);
  CHECK(cache.prune(0).entries == 0);
}

TEST_CASE("what a killed removal and a killed draft left goes with the next, a live draft stays") {
  const Cache cache;
  cache.make(cache.kernels / "built/abc.gone-x1", 10, 0h);
  cache.make(cache.kernels / "built/def.draft-x1", 10, 0h);
  const fs::path live = cache.make(cache.kernels / "built/ghi.draft-x1", 10, 0h);
  const auto lock = util::FileLock::try_acquire(cache.kernels / "built/ghi.lock");
  CHECK(cache.prune(UINT64_MAX).entries == 2);
  CHECK(fs::exists(live));
  CHECK(cache.find(live).held);
}

TEST_CASE("a tree in which somebody works stays, though no kproof lives that uses it") {
  const Cache cache;
  const fs::path tree = cache.kernels / "trees/t";
  cache.make(tree / "build-1", 10, 40h);
  cache.make(tree / "build-2", 10, 40h);
  // Of the make in build-1, after a kill -9.
  const auto of_source = util::FileLock::try_acquire(tree / "lock");
  const auto of_build = util::FileLock::try_acquire(tree / ".build-1");
  CHECK(cache.find(tree).held);
  CHECK(cache.prune(0).entries == 1);
  CHECK(fs::exists(tree / "build-1/data"));
  CHECK_FALSE(fs::exists(tree / "build-2"));
}

TEST_CASE("a tree goes with its builds, least recently used before") {
  const Cache cache;
  const fs::path tree = cache.kernels / "trees/t";
  cache.make(tree / "source", 50'000, 40h);
  cache.make(tree / "build-1", 50'000, 40h);
  const std::uint64_t all = choose_all(look(cache.path), std::nullopt).before;
  CHECK(cache.prune(all - 1).entries == 1);
  CHECK(fs::exists(tree / "source"));
  CHECK_FALSE(fs::exists(tree / "build-1"));
  cache.prune(0);
  CHECK_FALSE(fs::exists(tree));
}

TEST_CASE("images of run directories are known, and those of removed directories forgotten") {
  const Cache cache;
  const fs::path out = cache.scratch.path() / "out";
  cache.make(out / "images", 10'000, 40h);
  note_run(cache.path, out);
  CHECK(cache.find(out / "images").kind == Kind::guest_image);
  CHECK(cache.find(out / "images").held);
  forget_uses();
  CHECK(cache.prune(0).entries == 1);
  CHECK(fs::exists(out));
  CHECK_FALSE(fs::exists(out / "images"));
  fs::remove_all(out);
  CHECK(look(cache.path).empty());
}

TEST_CASE("locks that are held have owners, those that are waited for have none") {
  const auto owners = parse_locks(
      "1: FLOCK  ADVISORY  WRITE 4711 fe:00:123 0 EOF\n"
      "1: -> FLOCK  ADVISORY  WRITE 4712 fe:00:123 0 EOF\n"
      "2: POSIX  ADVISORY  READ 4713 fe:00:124 0 EOF\n"
      "3: FLOCK  ADVISORY  READ 4714 fe:00:125 0 EOF\n");
  CHECK(owners.size() == 2);
  CHECK(owners.find(123)->second == 4711);
  CHECK(owners.find(125)->second == 4714);
}

TEST_CASE("sizes are short") {
  CHECK(size_in_words(0) == "0");
  CHECK(size_in_words(1536) == "1.5K");
  CHECK(size_in_words(3047280ull << 10) == "2.9G");
  CHECK(size_in_words(117ull << 20) == "117M");
}
