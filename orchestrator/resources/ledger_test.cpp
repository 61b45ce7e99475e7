// In the order of the promises of ledger.hpp.
#include "resources/ledger.hpp"

#include <fstream>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "resources/testing.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::resources;
namespace fs = std::filesystem;

namespace {

struct Directories {  // two directories that nobody else knows
  util::ScratchDir scratch{"kproof-test-"};
  fs::path first = scratch.path() / "lock", second = scratch.path() / "tmp";
  std::vector<fs::path> both() const { return {first, second}; }
};

// As root the files are readable for others only in a directory that is.
void open_to_all(const Directories& place) {
  ::chmod(place.scratch.path().c_str(), 0755);
}

Claim named(const std::string& run) {
  return {.run = run, .pid = ::getpid()};
}

void hold(Ledger& ledger, unsigned vcpus) {
  ledger.decide([&](const auto&, Claim& mine) { mine.held.vcpus = vcpus; });
}

std::vector<Claim> others_of(Ledger& ledger) {
  std::vector<Claim> seen;
  ledger.decide([&](const auto& others, Claim&) { seen = others; });
  return seen;
}

// A run in a process of its own that holds so many vCPUs. Its ledger outlives `work`.
OtherRun run_that_holds(const std::vector<fs::path>& directories, unsigned vcpus) {
  return OtherRun([&] { hold(*new Ledger(directories, named("other")), vcpus); });
}

bool becomes_readable(int fd) {
  pollfd one{fd, POLLIN, 0};
  return ::poll(&one, 1, 10'000) == 1;
}

std::size_t files_in(const fs::path& directory) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("1: what a run claims is seen by another one, with its name and process") {
  const Directories place;
  Ledger ledger(place.both(), named("mine"));
  const OtherRun other = run_that_holds(place.both(), 3);
  REQUIRE(other.ok());
  const auto seen = others_of(ledger);
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].held.vcpus == 3);
  CHECK(seen[0].pid == other.pid());
  CHECK(name_of(seen[0]).starts_with(fmt::format("kproof run other, pid {} of ", other.pid())));
}

TEST_CASE("1: a claim is seen by those of other users, whatever its user's umask is") {
  if (::geteuid() != 0) {
    MESSAGE("SKIPPED: root, who can be two users");
    return;
  }
  const Directories place;
  open_to_all(place);
  const mode_t before = ::umask(077);
  Ledger ledger(place.both(), named("of root"));
  hold(ledger, 2);
  ::umask(before);
  constexpr uid_t kNobody = 65534;
  const OtherRun other([&] {
    if (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) ::_exit(1);
    auto* theirs = new Ledger(place.both(), named("of nobody"));
    const auto seen = others_of(*theirs);
    if (seen.size() != 1 || seen[0].held.vcpus != 2 || seen[0].user != "root") ::_exit(1);
    hold(*theirs, 5);
  });
  CHECK(other.ok());
  const auto seen = others_of(ledger);
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].held.vcpus == 5);
  CHECK(seen[0].user != "root");
}

TEST_CASE("1: one who cannot use the first directory sees and is seen by those who can") {
  const Directories place;
  const OtherRun other = run_that_holds({place.second}, 3);
  Ledger ledger(place.both(), named("mine"));
  hold(ledger, 4);
  CHECK(ledger.directory() == place.first);
  REQUIRE(others_of(ledger).size() == 1);
  Ledger theirs({place.second, place.first}, named("theirs"));
  CHECK(others_of(theirs).size() == 2);
}

TEST_CASE("1: what is taken back is no longer seen, and a run that ended leaves no file") {
  const Directories place;
  Ledger watcher(place.both(), named("watcher"));
  {
    Ledger ledger(place.both(), named("mine"));
    hold(ledger, 4);
    CHECK(others_of(watcher).at(0).held.vcpus == 4);
    hold(ledger, 0);
    CHECK(others_of(watcher).at(0).held.vcpus == 0);
  }
  CHECK(others_of(watcher).empty());
  CHECK(files_in(place.first) == 1);
}

TEST_CASE("2: kill -9 ends a claim, and its file is removed by whoever looks next") {
  const Directories place;
  Ledger ledger(place.both(), named("mine"));
  hold(ledger, 1);
  OtherRun other = run_that_holds(place.both(), 3);
  REQUIRE(others_of(ledger).size() == 1);
  CHECK(files_in(place.first) == 2);
  other.kill();
  CHECK(others_of(ledger).empty());
  CHECK(files_in(place.first) == 1);
}

TEST_CASE("2: a claim does not live on in what a run had started when it was killed") {
  const Directories place;
  Ledger ledger(place.both(), named("mine"));
  int pids[2];
  REQUIRE(::pipe(pids) == 0);
  OtherRun other([&] {
    hold(*new Ledger(place.both(), named("other")), 3);
    const pid_t started = ::fork();
    if (started == 0) {
      ::execlp("sleep", "sleep", "1000", nullptr);
      ::_exit(1);
    }
    (void)!::write(pids[1], &started, sizeof started);
  });
  pid_t started = 0;
  REQUIRE(::read(pids[0], &started, sizeof started) == sizeof started);
  const fs::path exe = fmt::format("/proc/{}/exe", started);
  while (fs::read_symlink(exe).filename() != "sleep")  // until its exec
    ::usleep(1000);
  other.kill();
  CHECK(others_of(ledger).empty());
  ::kill(started, SIGKILL);
  ::close(pids[0]);
  ::close(pids[1]);
}

// Each of these processes takes one of four tokens if one is free, for as long as it lives.
TEST_CASE("3: of runs that decide at the same moment no two take the same") {
  const Directories place;
  int start[2];
  REQUIRE(::pipe(start) == 0);
  std::vector<pid_t> runs;
  int took[2];
  REQUIRE(::pipe(took) == 0);
  for (int i = 0; i < 12; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      char byte;
      ::close(start[1]);
      (void)!::read(start[0], &byte, 1);  // until all are there
      auto* ledger = new Ledger(place.both(), named("racer"));
      char got = '0';
      ledger->decide([&](const auto& others, Claim& mine) {
        unsigned held = 0;
        for (const Claim& other : others)
          held += other.held.vcpus;
        mine.held.vcpus = held < 4 ? 1 : 0;
        if (mine.held.vcpus == 1) got = '1';
      });
      (void)!::write(took[1], &got, 1);
      for (;;)
        ::pause();
    }
    runs.push_back(child);
  }
  ::close(start[0]);
  ::close(start[1]);
  int tokens = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    char got = 0;
    REQUIRE(::read(took[0], &got, 1) == 1);
    tokens += got == '1';
  }
  CHECK(tokens == 4);
  for (const pid_t run : runs) {
    ::kill(run, SIGKILL);
    ::waitpid(run, nullptr, 0);
  }
  ::close(took[0]);
  ::close(took[1]);
}

TEST_CASE("3: one who keeps the directory locked holds nobody up for long, and is told of") {
  const Directories place;
  Ledger ledger(place.both(), named("mine"));
  const OtherRun stopped([&] {
    const int directory = ::open(place.first.c_str(), O_RDONLY | O_DIRECTORY);
    if (::flock(directory, LOCK_EX) != 0) ::_exit(1);
  });
  REQUIRE(stopped.ok());
  hold(ledger, 1);
  CHECK(ledger.problem().starts_with(place.first.string() + " cannot be locked"));
}

TEST_CASE("4: links, pipes, directories, garbage and what is too long claim and break nothing") {
  const Directories place;
  Ledger ledger(place.both(), named("mine"));
  hold(ledger, 1);
  const fs::path in = place.first;
  REQUIRE(::mkfifo((in / "claim-pipe").c_str(), 0644) == 0);
  fs::create_directory(in / "claim-directory");
  fs::create_symlink("/dev/zero", in / "claim-link");
  fs::create_symlink("nowhere", in / "claim-dangling");
  const OtherRun hostile([&] {
    const auto locked = [&](const char* name, const std::string& text) {
      const int file = ::open((in / name).c_str(), O_RDWR | O_CREAT, 0644);
      (void)!::write(file, text.data(), text.size());
      if (::flock(file, LOCK_EX) != 0) ::_exit(1);
    };
    locked("claim-garbage", "\xff\xfe{{{{");
    locked("claim-empty", "");
    locked("claim-long", std::string(1 << 20, ' '));
    locked("unrelated", to_text(named("unrelated")));
  });
  REQUIRE(hostile.ok());
  CHECK(others_of(ledger).empty());
  CHECK(ledger.problem().empty());
  const OtherRun other = run_that_holds(place.both(), 3);
  CHECK(others_of(ledger).size() == 1);
}

TEST_CASE("4: a draft that a killed run left is removed") {
  const Directories place;
  Ledger ledger(place.both(), named("mine"));
  hold(ledger, 1);
  std::ofstream(place.first / "draft-1-00000000") << "half a cl";
  CHECK(others_of(ledger).empty());
  CHECK(files_in(place.first) == 1);
}

TEST_CASE("5: what a run wants counts while it looks, and not when it is stopped") {
  const Directories place;
  Ledger ledger(place.both(), named("mine"));
  Ledger other(place.both(), named("other"));
  other.decide([](const auto&, Claim& mine) {
    mine.held.vcpus = 1;
    mine.wanted = Wanted{{.vcpus = 9}, 1};
  });
  CHECK(others_of(ledger).at(0).wanted);
  for (const auto& entry : fs::directory_iterator(place.first))  // as if a minute had gone by
    fs::last_write_time(entry, fs::last_write_time(entry) - std::chrono::minutes(1));
  CHECK_FALSE(others_of(ledger).at(0).wanted);
  CHECK(others_of(ledger).at(0).held.vcpus == 1);
  other.decide([](const auto&, Claim&) {});  // it says the same as before
  CHECK(others_of(ledger).at(0).wanted);
}

TEST_CASE("6: who waits is woken when a claim changes, when a run comes, and when it is killed") {
  const Directories place;
  Ledger ledger(place.both(), named("mine"));
  hold(ledger, 1);
  ledger.drain();
  OtherRun other = run_that_holds(place.both(), 3);
  CHECK(becomes_readable(ledger.changed()));
  ledger.drain();
  other.kill();
  CHECK(becomes_readable(ledger.changed()));
}

TEST_CASE("6: to look and to say the same again wakes nobody") {
  const Directories place;
  Ledger ledger(place.both(), named("mine")), other(place.both(), named("other"));
  hold(ledger, 1);
  hold(other, 1);
  ledger.drain();
  hold(other, 1);
  hold(ledger, 1);
  pollfd one{ledger.changed(), POLLIN, 0};
  CHECK(::poll(&one, 1, 0) == 0);
}

TEST_CASE("7: where no directory can be had a run goes on by itself, and says why") {
  Ledger ledger({"/proc/no/such", "/dev/null/x"}, named("mine"));
  hold(ledger, 1);
  CHECK(others_of(ledger).empty());
  CHECK(ledger.problem().find("/proc/no/such") != std::string::npos);
  CHECK(ledger.directory().empty());
}

TEST_CASE("a link in place of the directory is not followed") {
  const Directories place;
  fs::create_directory(place.scratch.path() / "elsewhere");
  fs::create_symlink(place.scratch.path() / "elsewhere", place.first);
  Ledger ledger(place.both(), named("mine"));
  hold(ledger, 1);
  CHECK(ledger.directory() == place.second);
  CHECK(files_in(place.scratch.path() / "elsewhere") == 0);
}
