#include "resources/taken.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace kproof::resources;

TEST_CASE(
    "what is of a file can be given back, what is of /dev/shm not, and huge pages are apart") {
  const Taken taken = taken_of(
      "Name:\tqemu\nPPid:\t77\nVmRSS:\t  900 kB\nRssAnon:\t     512 kB\nRssFile:\t     300 kB\n"
      "RssShmem:\t      88 kB\nHugetlbPages:\t    4096 kB\n");
  CHECK(taken.memory == 600 << 10);
  CHECK(taken.shared == 88 << 10);
  CHECK(taken.huge == 4096 << 10);
  CHECK(taken_of("").memory == 0);
}

TEST_CASE("what the children of a process have come to use is seen, and what others use is not") {
  constexpr std::size_t kBytes = 64 << 20;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto* memory = static_cast<volatile char*>(
        ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (std::size_t at = 0; at < kBytes; at += 4096)
      memory[at] = 1;
    (void)!::write(ready[1], "x", 1);
    for (;;)
      ::pause();
  }
  char byte;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  const auto all = taken_by_children_of({::getpid(), 1 << 29});
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
  REQUIRE(all.contains(::getpid()));
  CHECK(all.at(::getpid()).memory >= kBytes);
  CHECK_FALSE(all.contains(1 << 29));
}
