#include "tasks.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/wait.h>
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

// True of the caller, in a session of its own: that of the tests may be 0, which all kernel threads
// share, where a container or CI started us.
static bool sees_itself() {
  if (::setsid() < 0) return false;
  ::poll(nullptr, 0, 1);  // gives up the CPU once, if nothing else made us
  const auto tasks = tasks_of_session(::getpid());
  return tasks.size() == 1 && tasks[0].pid == ::getpid() && tasks[0].tid == ::gettid() &&
         tasks[0].state == "R" && tasks[0].switches > 0;
}

TEST_CASE("a session that we lead has us in it, running") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(sees_itself() ? 0 : 1);
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}
