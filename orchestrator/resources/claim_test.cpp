#include "resources/claim.hpp"

#include <doctest/doctest.h>

using namespace kproof::resources;

static Claim example() {
  return {.run = "quickstart",
          .pid = 123,
          .place = {.cpus = "0-3", .cpu_cgroup = "/a", .memory_cgroup = "/b", .shared = "0:27"},
          .held = {.vcpus = 4,
                   .memory = 5ull << 30,
                   .huge_pages = {{kPage2M, 256}, {kPage1G, 2}},
                   .shared = 3ull << 30,
                   .quiet = true},
          .wanted = Wanted{{.vcpus = 2, .memory = 1}, 12345}};
}

TEST_CASE("a claim is read as it was written") {
  const Claim written = example();
  const auto read = parse_claim(to_text(written));
  REQUIRE(read);
  CHECK(read->run == written.run);
  CHECK(read->pid == written.pid);
  CHECK(read->place == written.place);
  CHECK(read->held == written.held);
  CHECK(read->wanted == written.wanted);
  CHECK(to_text(*read) == to_text(written));
}

TEST_CASE("what is no claim claims nothing") {
  const std::string text = to_text(example());
  for (std::size_t length = 0; length + 1 < text.size(); ++length)
    CHECK_FALSE(parse_claim(text.substr(0, length)));
  for (const char* other : {"", "\n", "null", "[]", "{}", "{\"kproof_claim\": 1}", "\xff\xfe\x00",
                            "{\"kproof_claim\": 2}"})
    CHECK_FALSE(parse_claim(other));
  CHECK_FALSE(parse_claim(std::string(60000, '[')));
}

static std::optional<Claim> changed(const std::string& from, const std::string& to) {
  std::string text = to_text(example());
  const std::size_t at = text.find(from);
  REQUIRE(at != text.npos);
  return parse_claim(text.replace(at, from.size(), to));
}

TEST_CASE(
    "numbers that are none, or below 0, make it no claim; the largest are taken as they are") {
  CHECK_FALSE(changed("\"memory\":5368709120", "\"memory\":-1"));
  CHECK_FALSE(changed("\"memory\":5368709120", "\"memory\":\"5\""));
  CHECK_FALSE(changed("\"memory\":5368709120", "\"memory\":1e300"));
  CHECK_FALSE(changed("\"vcpus\":4", "\"vcpus\":-4"));
  const auto greedy = changed("\"memory\":5368709120", "\"memory\":18446744073709551615");
  REQUIRE(greedy);
  CHECK(greedy->held.memory == ~0ull);
}

TEST_CASE("the name of a run is short and printable, whoever wrote it") {
  const auto ugly = changed("quickstart", "\\u001b[2Ja\\nb");
  REQUIRE(ugly);
  CHECK(name_of(*ugly).find('\x1b') == std::string::npos);
  CHECK(name_of(*ugly).find('\n') == std::string::npos);
  const auto longish = changed("quickstart", std::string(5000, 'x'));
  REQUIRE(longish);
  CHECK(name_of(*longish).size() < 200);
}
