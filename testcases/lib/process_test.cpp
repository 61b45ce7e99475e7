#include "lib/process.hpp"

#include <cerrno>

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
