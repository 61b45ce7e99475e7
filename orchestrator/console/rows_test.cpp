// What the prefilter lets through.
#include "console/rows.hpp"

#include <sstream>

#include <doctest/doctest.h>

#include "util/files.hpp"

using namespace kproof;

// A line that the prefilter lets through costs a hundred others: a trigger that the lines of every
// boot hold halves what `kproof analyze` reads in a second.
TEST_CASE("of a boot without findings only the first line and the last are looked at") {
  std::istringstream boot(util::read_file(KPROOF_TEST_DIR "/golden/boot-6.1-sysrq-dumps.log"));
  console::Matcher matcher;
  std::vector<std::string> looked_at;
  for (std::string line; std::getline(boot, line);) {
    const bool of_dumps = line.find("sysrq: ") != line.npos || line.find(" Comm: ") != line.npos ||
                          line.find("NMI backtrace for") != line.npos;
    if (of_dumps) continue;  // what tells whose a stack is
    std::vector<std::size_t> offsets;
    matcher.suspects(line, offsets);
    if (!offsets.empty()) looked_at.push_back(line);
  }
  REQUIRE(looked_at.size() == 2);
  CHECK(looked_at.front().find("Linux version 6.1") != std::string::npos);
  CHECK(looked_at.back().find("reboot: Power down") != std::string::npos);
}
