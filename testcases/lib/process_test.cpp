#include "lib/process.hpp"

#include <cerrno>
#include <string>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/clock.hpp"

using namespace kproof;

TEST_CASE("a child with a time limit that ends before says what its body said") {
  CHECK(lib::in_child_within(60, [] { return true; }));
  CHECK_FALSE(lib::in_child_within(60, [] { return false; }));
}

TEST_CASE("a child that does not end is killed, and nothing is left of it") {
  const double took_us = lib::timed_us([] {
    CHECK_FALSE(lib::in_child_within(0.05, [] {
      while (true)
        ::pause();
      return true;
    }));
  });
  CHECK(took_us >= 50e3);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}

TEST_CASE("a child and its parent take turns, and what the child said first counts, too") {
  int said[2];
  REQUIRE(::pipe(said) == 0);
  const auto say = [&](char word) { return ::write(said[1], &word, 1) == 1; };
  CHECK(
      lib::in_child_around([&] { return say('a'); }, [&] { say('b'); }, [&] { return say('c'); }));
  char words[3];
  REQUIRE(::read(said[0], words, 3) == 3);
  CHECK(std::string(words, 3) == "abc");
  CHECK_FALSE(lib::in_child_around([] { return false; }, [] {}, [] { return true; }));
  CHECK_FALSE(lib::in_child_after([] {}, [] { return false; }));
  ::close(said[0]);
  ::close(said[1]);
}
