#include "lease/store.hpp"

#include <csignal>
#include <fstream>
#include <functional>
#include <future>
#include <set>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "lease/heart.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::lease;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct Directory {
  util::ScratchDir scratch{"kproof-lease-"};
  util::Millis now{0};
  Store store(const char* worker) {
    return Store(scratch.path(), this_process(worker), {}, [this] { return now; });
  }
  // As of another machine.
  Store elsewhere(const char* host) {
    Holder holder = this_process(host);
    holder.host = host;
    return Store(scratch.path(), holder, {}, [this] { return now; });
  }
  fs::path file(const char* key, int attempt) const {
    return scratch.path() / key / fmt::format("{}.lease", attempt);
  }
};

pid_t in_child(const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  work();
  ::_exit(0);
}

int end_of(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

// Claims all of `keys` that it can get, and writes their names.
void race(const fs::path& directory, const char* worker, int keys, const util::Fd& start) {
  char go = 0;
  (void)!::read(start.get(), &go, 1);
  Store store(directory / "leases", this_process(worker), {});
  std::ofstream got(directory / worker);
  for (int i = 0; i < keys; ++i) {
    const std::string key = fmt::format("cell/{}", i);
    const Decision decision = store.look(key);
    if (!decision.claimable()) continue;
    if (const auto lease = store.claim(key, decision.next, "")) {
      got << key << "\n";
      lease->finish();
    }
  }
}

}  // namespace

TEST_CASE("two processes that race for 1000 leases get each exactly once") {
  const util::ScratchDir scratch("kproof-lease-race-");
  constexpr int kKeys = 1000;
  int pipe[2];
  REQUIRE(::pipe(pipe) == 0);
  util::Fd read(pipe[0]), write(pipe[1]);
  std::vector<pid_t> children;
  for (const char* worker : {"a", "b"})
    children.push_back(in_child([&] { race(scratch.path(), worker, kKeys, read); }));
  CHECK(::write(write.get(), "go", 2) == 2);
  for (const pid_t child : children)
    CHECK(end_of(child) == 0);
  std::multiset<std::string> all;
  for (const char* worker : {"a", "b"}) {
    std::ifstream got(scratch.path() / worker);
    for (std::string key; std::getline(got, key);)
      all.insert(key);
  }
  CHECK(all.size() == kKeys);
  CHECK(std::set<std::string>(all.begin(), all.end()).size() == kKeys);
}

TEST_CASE("a number is claimed by one alone, and the next one is another attempt") {
  Directory d;
  Store a = d.store("a"), b = d.elsewhere("node2");
  CHECK(a.look("k").what == What::fresh);
  const auto lease = a.claim("k", 1, "soon");
  REQUIRE(lease);
  CHECK_FALSE(b.claim("k", 1, "soon"));
  CHECK(a.look("k").what == What::mine);
  CHECK(b.look("k").what == What::held);
  d.now += 59s;
  CHECK(b.look("k").what == What::held);
  CHECK(lease->beat() == Lease::Beat::mine);
  d.now += 59s;
  CHECK(b.look("k").what == What::held);
  d.now += 60s;
  const Decision stale = b.look("k");
  CHECK(stale.what == What::stale);
  const auto second = b.claim("k", stale.next, "soon");
  REQUIRE(second);
  CHECK(second->attempt() == 2);
  CHECK(lease->beat() == Lease::Beat::lost);
  CHECK(second->beat() == Lease::Beat::mine);
  lease->give_back("late");
  CHECK(a.look("k").what == What::held);
}

TEST_CASE("an observer whose clock is wrong by a year takes nothing from anybody") {
  Directory d;
  Store a = d.store("a");
  const auto lease = a.claim("k", 1, "");
  d.now += std::chrono::hours(24 * 365);
  Store late = d.elsewhere("node2");
  CHECK(late.look("k").what == What::held);
  d.now -= std::chrono::hours(24 * 400);
  CHECK(late.look("k").what == What::held);
}

TEST_CASE("what is given back is free at once, and what is done is done") {
  Directory d;
  Store a = d.store("a"), b = d.elsewhere("node2");
  a.claim("k", 1, "")->give_back("SIGTERM");
  const Decision decision = b.look("k");
  CHECK(decision.what == What::fresh);
  CHECK(decision.next == 2);
  CHECK(decision.history.empty());
  b.claim("k", 2, "")->finish();
  CHECK(a.look("k").what == What::done);
}

TEST_CASE("a holder that is killed loses its lease: at once here, in time elsewhere") {
  Directory d;
  const pid_t child = in_child([&] {
    const auto lease = d.store("victim").claim("k", 1, "");
    ::raise(SIGKILL);
  });
  CHECK(end_of(child) == -SIGKILL);
  Store there = d.elsewhere("node2");
  CHECK(there.look("k").what == What::held);
  CHECK(d.store("a").look("k").what == What::stale);
  d.now += 60s;
  CHECK(there.look("k").what == What::stale);
}

TEST_CASE("a corrupt lease is mended by its holder, or is free in time") {
  Directory d;
  Store a = d.store("a"), b = d.elsewhere("node2");
  const auto lease = a.claim("k", 1, "");
  for (const char* nonsense : {"", "nonsense"}) {
    std::ofstream(d.file("k", 1), std::ios::trunc) << nonsense;
    CHECK(b.look("k").what == What::held);
    CHECK(lease->beat() == Lease::Beat::mine);
    CHECK(b.look("k").what == What::held);
    CHECK(a.look("k").what == What::mine);
  }
  std::ofstream(d.file("k", 1), std::ios::trunc) << std::string(5000, 'x');
  b.look("k");
  d.now += 60s;
  CHECK(b.look("k").what == What::corrupt);
  CHECK(lease->beat() == Lease::Beat::mine);
  CHECK(b.look("k").what == What::held);
}

TEST_CASE("a lease that another file took the place of is lost") {
  Directory d;
  Store a = d.store("a");
  const auto lease = a.claim("k", 1, "");
  fs::remove(d.file("k", 1));
  CHECK(lease->beat() == Lease::Beat::lost);
  std::ofstream(d.file("k", 1)) << "other";
  CHECK(lease->beat() == Lease::Beat::lost);
}

TEST_CASE("a cell whose attempts all failed is exhausted, until it is forgotten") {
  Directory d;
  for (std::size_t n = 1; n <= 3; ++n) {
    Store node = d.elsewhere(fmt::format("node{}", n).c_str());
    CHECK(node.look("k").what == (n == 1 ? What::fresh : What::held));
    d.now += 60s;
    const Decision decision = node.look("k");
    REQUIRE(decision.claimable());
    CHECK(decision.next == n);
    CHECK(node.claim("k", n, ""));
  }
  Store last = d.elsewhere("node9");
  last.look("k");
  d.now += 60s;
  const Decision decision = last.look("k");
  CHECK(decision.what == What::exhausted);
  CHECK(decision.history.size() == 3);
  forget(d.scratch.path(), "k");
  CHECK(last.look("k").what == What::fresh);
}

TEST_CASE("a heart beats while its holder works, and tells of the loss") {
  const util::ScratchDir scratch("kproof-lease-heart-");
  Store store(scratch.path(), this_process("a"), {});
  const auto lease = store.claim("k", 1, "");
  std::promise<void> lost;
  const Heart heart(*lease, 60ms, [&] { lost.set_value(); });
  fs::remove(scratch.path() / "k/1.lease");
  CHECK(lost.get_future().wait_for(60s) == std::future_status::ready);
}

// Where a file system is full, nothing is claimed and nothing is left; what is held already beats.
TEST_CASE("a full directory is a fault of the host") {
  const util::ScratchDir scratch("kproof-lease-full-");
  const pid_t child = in_child([&] {
    const bool root = ::geteuid() == 0;
    if (::unshare(root ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0 ||
        ::mount("", "/", "", MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("lease", scratch.path().c_str(), "tmpfs", 0, "size=64k") != 0)
      ::_exit(77);
    Store store(scratch.path(), this_process("a"), {});
    const auto held = store.claim("held", 1, "");
    if (!held) ::_exit(2);
    fs::create_directories(scratch.path() / "full");
    {
      std::ofstream filler(scratch.path() / "filler");
      while (filler << std::string(4096, 'x') << std::flush)
        ;
    }
    try {
      store.claim("full", 1, "");
      ::_exit(3);
    } catch (const HostError& error) {
      if (std::string(error.what()).find("No space left") == std::string::npos) ::_exit(4);
    }
    if (!fs::is_empty(scratch.path() / "full")) ::_exit(5);
    if (held->beat() != Lease::Beat::mine) ::_exit(6);
    fs::remove(scratch.path() / "filler");
    ::_exit(store.claim("full", 1, "") ? 0 : 7);
  });
  const int code = end_of(child);
  if (code == 77)
    MESSAGE("SKIPPED: no mount namespace may be made here");
  else
    CHECK(code == 0);
}
