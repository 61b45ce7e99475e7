// Makes the kernel read address 0 (xor %eax,%eax; mov (%rax),%eax), which it survives, and sleeps
// for ever.
#include <thread>

#include <unistd.h>

#include "lib/case.hpp"
#include "selftest/doctored_module.hpp"
#include "selftest/guard.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/oops_survived",
      .summary = "oopses in a kernel that goes on, and sleeps for ever",
      .needs = {.modules = {"softdog"}, .sysctls = {{"kernel.panic_on_oops", "0"}}},
      .timeout_ms = 60000,
  };
  lib::Case test(argc, argv, description);
  selftest::only_in_a_throwaway_guest();
  test.plan(1);
  // The kernel ends the thread that oopses.
  std::thread([] {
    selftest::run_in_kernel("softdog", std::string_view("\x31\xc0\x8b\x00", 4));
  }).detach();
  for (;;)
    ::pause();
}
