#include "kconfig/difference.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace kproof;
using namespace kproof::kconfig;

static const Language kLanguage =
    read_language([](const std::string& path) -> std::optional<std::string> {
      if (path != "Kconfig") return std::nullopt;
      return R"(
config A
	bool "A"
config B
	tristate "B"
	depends on A
config SIZE
	int "Size"
	depends on B
config HELPER
	bool
	default y if A && OLD
config USER
	bool "User"
	depends on HELPER || OTHER
config OTHER
	bool "Other"
config PULLED
	bool "Pulled"
config PULLS
	bool "Pulls"
	select PULLED
config PULLS_FAR
	bool "Pulls far"
	select STEP
config STEP
	bool
config BY_DEFAULT
	bool
	default STEP if A
	select FAR
config FAR
	bool "Far"
config NAME
	string "Name"
config MASK
	hex "Mask"
config OLD
	bool "Old"
config NOT_WITH_OLD
	bool "Not with old"
	depends on !OLD
choice
	prompt "One"
config ONE
	bool "one"
config TWO
	bool "two"
config THREE
	bool "three"
endchoice
)";
    });

// "A, B needs A; follows: HELPER"
static std::string told(const Difference& difference) {
  std::vector<std::string> groups, following;
  const auto name = [&](std::size_t group) {
    std::vector<std::string> symbols;
    for (const Option& option : difference.groups[group].options)
      symbols.push_back(option.symbol);
    return fmt::format("{}", fmt::join(symbols, "+"));
  };
  for (std::size_t group = 0; group < difference.groups.size(); ++group) {
    std::vector<std::string> needs, likely;
    for (const std::size_t other : difference.groups[group].needs)
      needs.push_back(name(other));
    for (const std::size_t other : difference.groups[group].likely_needs)
      if (!difference.groups[group].needs.contains(other)) likely.push_back(name(other));
    groups.push_back(name(group) +
                     (needs.empty() ? "" : fmt::format(" needs {}", fmt::join(needs, " "))) +
                     (likely.empty() ? "" : fmt::format(" may need {}", fmt::join(likely, " "))));
  }
  for (const Option& option : difference.following)
    following.push_back(option.symbol);
  return fmt::format("{}{}{}", fmt::join(groups, ", "),
                     following.empty() ? "" : "; follows: ", fmt::join(following, " "));
}

static std::string between(const std::string& good, const std::string& bad) {
  return told(difference({good, bad}, kLanguage));
}

TEST_CASE("values of every kind differ") {
  const auto found = difference({"CONFIG_A=y\nCONFIG_B=m\nCONFIG_SIZE=5\nCONFIG_NAME=\"a\"\n"
                                 "CONFIG_MASK=0x1\n",
                                 "CONFIG_A=y\nCONFIG_B=y\nCONFIG_SIZE=6\nCONFIG_NAME=\"b # c\"\n"
                                 "CONFIG_MASK=0x2\nCONFIG_OTHER=y\n"},
                                kLanguage);
  CHECK(told(found) == "B, MASK, NAME, OTHER, SIZE may need B");
  CHECK(found.size() == 5);
  CHECK(found.groups[0].options[0].good == "m");
  CHECK(found.groups[0].options[0].bad == "y");
  CHECK(found.groups[2].options[0].bad == "\"b # c\"");
  CHECK(found.groups[3].options[0].good == "n");
  CHECK(between("# CONFIG_A is not set\n", "") == "");
}

TEST_CASE("a symbol stands behind what it depends on, and cannot be without it") {
  CHECK(between("", "CONFIG_A=y\nCONFIG_B=y\nCONFIG_SIZE=6\n") == "A, B needs A, SIZE needs B");
}

TEST_CASE("what is taken away goes behind what depends on it") {
  CHECK(between("CONFIG_A=y\nCONFIG_B=y\n", "") == "B, A needs B");
  CHECK(between("CONFIG_NOT_WITH_OLD=y\n", "CONFIG_OLD=y\n") ==
        "NOT_WITH_OLD, OLD needs NOT_WITH_OLD");
}

TEST_CASE("a number that the bad end does not have goes with what it belonged to") {
  CHECK(between("CONFIG_A=y\nCONFIG_B=y\nCONFIG_SIZE=6\n", "CONFIG_A=y\n") == "B; follows: SIZE");
}

TEST_CASE("what a symbol selects comes with it, and goes only after it") {
  CHECK(between("", "CONFIG_PULLS=y\nCONFIG_PULLED=y\n") == "PULLED, PULLS needs PULLED");
  CHECK(between("CONFIG_PULLS=y\nCONFIG_PULLED=y\n", "") == "PULLS, PULLED needs PULLS");
}

TEST_CASE("what comes by way of symbols that nobody sets comes with the symbol, too") {
  CHECK(between("CONFIG_A=y\n",
                "CONFIG_A=y\nCONFIG_PULLS_FAR=y\nCONFIG_STEP=y\nCONFIG_BY_DEFAULT=y\n"
                "CONFIG_FAR=y\n") == "FAR, PULLS_FAR needs FAR; follows: BY_DEFAULT STEP");
  CHECK(between("CONFIG_A=y\nCONFIG_PULLS_FAR=y\nCONFIG_STEP=y\nCONFIG_BY_DEFAULT=y\n"
                "CONFIG_FAR=y\n",
                "CONFIG_A=y\n") == "PULLS_FAR, FAR needs PULLS_FAR; follows: BY_DEFAULT STEP");
}

TEST_CASE("members of a choice change together") {
  CHECK(between("CONFIG_ONE=y\n# CONFIG_TWO is not set\n",
                "# CONFIG_ONE is not set\nCONFIG_TWO=y\n") == "ONE+TWO");
}

TEST_CASE("what nobody can set follows, and tells what a symbol likely needs") {
  CHECK(between("", "CONFIG_A=y\nCONFIG_OLD=y\nCONFIG_HELPER=y\nCONFIG_USER=y\n") ==
        "A, OLD, USER may need A OLD; follows: HELPER");
  CHECK(between("CONFIG_OTHER=y\n",
                "CONFIG_OTHER=y\nCONFIG_USER=y\nCONFIG_A=y\nCONFIG_OLD=y\n"
                "CONFIG_HELPER=y\n") == "A, OLD, USER may need A OLD; follows: HELPER");
}

TEST_CASE("a symbol that no Kconfig file defines is a choice like another") {
  CHECK(between("", "CONFIG_UNHEARD_OF=y\n") == "UNHEARD_OF");
}

TEST_CASE("a mixed config asks for each symbol as its end has it") {
  const Ends ends{"CONFIG_A=y\n# CONFIG_OTHER is not set\nCONFIG_MASK=0x1\n",
                  "CONFIG_A=y\nCONFIG_B=y\nCONFIG_SIZE=6\nCONFIG_OTHER=y\nCONFIG_MASK=0x2\n"};
  const Difference found = difference(ends, kLanguage);
  REQUIRE(told(found) == "B, MASK, OTHER, SIZE needs B");
  CHECK(mixed(ends, found, {0}) ==
        "CONFIG_A=y\nCONFIG_B=y\nCONFIG_MASK=0x1\n# CONFIG_OTHER is not set\n");
  CHECK(mixed(ends, found, {0, 1, 3}) ==
        "CONFIG_A=y\nCONFIG_B=y\nCONFIG_MASK=0x2\n# CONFIG_OTHER is not set\nCONFIG_SIZE=6\n");
}

static std::string lost_in(const Ends& ends, const std::set<std::size_t>& groups,
                           const std::string& finished) {
  std::vector<std::string> lines;
  for (const Lost& lost :
       departures(ends, difference(ends, kLanguage), groups, finished, kLanguage))
    lines.push_back(to_string(lost));
  return fmt::format("{}", fmt::join(lines, "\n"));
}

TEST_CASE("a finished config is refused where a symbol is not as its end has it") {
  const Ends ends{"CONFIG_NAME=\"a\"\n", "CONFIG_A=y\nCONFIG_B=m\nCONFIG_NAME=\"a\"\n"};
  CHECK(lost_in(ends, {0}, "CONFIG_A=y\nCONFIG_NAME=\"a\"\n") == "");
  CHECK(lost_in(ends, {0, 1}, "CONFIG_A=y\nCONFIG_B=m\nCONFIG_NAME=\"a\"\n") == "");
  CHECK(lost_in(ends, {1}, "CONFIG_NAME=\"a\"\n") ==
        "--bad: CONFIG_B=m became n: Kconfig:4: depends on A (A is n)");
  CHECK(lost_in(ends, {0}, "CONFIG_A=y\nCONFIG_B=y\nCONFIG_NAME=\"a\"\n")
            .starts_with("--good: # CONFIG_B is not set became y"));
  // A module that became built in is not what was asked.
  CHECK(lost_in(ends, {0, 1}, "CONFIG_A=y\nCONFIG_B=y\nCONFIG_NAME=\"a\"\n") != "");
  CHECK(lost_in(ends, {}, "CONFIG_NAME=\"b\"\n")
            .starts_with("both ends: CONFIG_NAME=\"a\" became \"b\""));
}

TEST_CASE("a number that an end does not have may be anything there") {
  const Ends ends{"CONFIG_A=y\n", "CONFIG_A=y\nCONFIG_B=y\nCONFIG_SIZE=6\n"};
  CHECK(lost_in(ends, {0}, "CONFIG_A=y\nCONFIG_B=y\nCONFIG_SIZE=1\n") == "");
  CHECK(lost_in(ends, {0, 1}, "CONFIG_A=y\nCONFIG_B=y\nCONFIG_SIZE=1\n")
            .starts_with("--bad: CONFIG_SIZE=6 became 1"));
}
