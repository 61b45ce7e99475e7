#include "virt/run_delay.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

using namespace kproof::virt;
using namespace std::chrono_literals;

TEST_CASE("a thread's run delay is the second number of its schedstat") {
  CHECK(parse_run_delay("4000000000 1500000000 77\n") == 1500ms);
  CHECK(parse_run_delay("4000000000") == 0ms);
  CHECK(parse_run_delay("") == 0ms);
  CHECK(parse_run_delay("a b c") == 0ms);
}

TEST_CASE("a process that runs has waited for some time, one that is gone for none") {
  CHECK(run_delay(::getpid()) >= 0ms);
  CHECK(run_delay(0x7ffffff) == 0ms);
}
