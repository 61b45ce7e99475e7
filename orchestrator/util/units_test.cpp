#include "util/units.hpp"

#include <doctest/doctest.h>

using namespace kproof::util;
using namespace std::chrono_literals;

TEST_CASE("sizes are powers of 1024 and must be whole bytes") {
  CHECK(parse_size("2G") == 2ull << 30);
  CHECK(parse_size("1.5K") == 1536);
  CHECK(parse_size("0") == 0);
  for (const char* bad : {"", "G", "2g", "2GB", "-1G", "0.3", "1e3", "inf", "99999999999T"})
    CHECK_MESSAGE(!parse_size(bad), bad);
}

TEST_CASE("sizes are printed in the largest exact unit") {
  CHECK(format_size(2ull << 30) == "2G");
  CHECK(format_size(1536ull << 20) == "1536M");
  CHECK(format_size(1000) == "1000");
  CHECK(format_size(0) == "0");
}

TEST_CASE("durations need their unit") {
  CHECK(parse_duration("1.5s") == 1500ms);
  CHECK(parse_duration("20ms") == 20ms);
  CHECK(parse_duration("5m") == 5min);
  for (const char* bad : {"", "20", "s", "-1s", "20 s", "1d"})
    CHECK_MESSAGE(!parse_duration(bad), bad);
}

TEST_CASE("durations are printed for eyes") {
  CHECK(format_duration(412ms) == "0.4s");
  CHECK(format_duration(125s) == "2m05s");
  CHECK(format_duration(3720s) == "1h02m");
}

TEST_CASE("one is no plural, and none is") {
  CHECK(format_count(1, "cell") == "1 cell");
  CHECK(format_count(0, "cell") == "0 cells");
  CHECK(format_count(3, "patch", "patches") == "3 patches");
}
