#include "tasks.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <unistd.h>

using namespace kproof::guest;

TEST_CASE("a task's name may hold what ends it") {
  Stat stat;
  REQUIRE(parse_stat("71 (a ) b) D 1 70 69 0 -1 4194560\n", stat));
  CHECK(stat.name == "a ) b");
  CHECK(stat.state == "D");
  CHECK(stat.session == 69);
  CHECK(!parse_stat("", stat));
  CHECK(!parse_stat("71 (a) D 1", stat));
}

TEST_CASE("switches of both kinds count") {
  CHECK(parse_switches("Name:\tx\nvoluntary_ctxt_switches:\t12\n"
                       "nonvoluntary_ctxt_switches:\t3\n") == 15);
}

TEST_CASE("our own session has us in it, running") {
  ::poll(nullptr, 0, 1);  // gives up the CPU once, if nothing else made us
  bool found = false;
  for (const auto& task : tasks_of_session(::getsid(0)))
    found |= task.tid == ::gettid() && task.state == "R" && task.switches > 0;
  CHECK(found);
}
