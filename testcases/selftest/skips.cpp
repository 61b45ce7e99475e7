// Skips as a whole, with a reason.
#include "lib/case.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/skips",
      .summary = "skips as a whole, with a reason",
  };
  lib::Case test(argc, argv, description);
  lib::ktap::skip_all("this machine has no tea");
}
