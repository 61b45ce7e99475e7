// Prints 100 MB of diagnostics before its only result.
#include <cstdint>
#include <string>

#include <unistd.h>

#include "lib/case.hpp"
#include "lib/safe.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/floods_stdout",
      .summary = "prints 100 MB of diagnostics before its only result",
      .timeout_ms = 20000,
  };
  std::uint64_t size = 100'000'000;
  lib::Case test(argc, argv, description,
                 {{.name = "--size", .help = "bytes to print (100M)", .size = &size}});
  test.plan(1);
  const std::string line = "# " + std::string(1021, 'x') + "\n";
  for (std::uint64_t done = 0; done < size; done += line.size())
    lib::safe::write(STDOUT_FILENO, line.data(), line.size());
  test.run("it was all read", [](lib::Check&) {});
  return test.finish();
}
