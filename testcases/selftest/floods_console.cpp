// Writes 100 MB to /dev/console as fast as it can.
#include <cstdint>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include "lib/case.hpp"
#include "lib/safe.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/floods_console",
      .summary = "writes 100 MB to /dev/console as fast as it can",
      .timeout_ms = 60000,
  };
  std::uint64_t size = 100'000'000;
  lib::Case test(argc, argv, description,
                 {{.name = "--size", .help = "bytes to write (100M)", .size = &size}});
  test.plan(1);
  const int console = lib::safe::open("/dev/console", O_WRONLY | O_NOCTTY);
  const std::string line = std::string(1023, 'x') + "\n";
  for (std::uint64_t done = 0; done < size; done += line.size())
    lib::safe::write(console, line.data(), line.size());
  test.run("it was all written", [](lib::Check&) {});
  return test.finish();
}
