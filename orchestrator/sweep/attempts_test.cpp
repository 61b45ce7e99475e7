#include "sweep/attempts.hpp"

#include <doctest/doctest.h>

#include "util/files.hpp"

using namespace kproof;
using namespace kproof::sweep;
namespace fs = std::filesystem;

namespace {

// Attempts that end with these signs, each with a directory that holds its number.
struct Cell {
  util::ScratchDir out{"kproof-test-"};
  std::vector<std::string> signs;
  unsigned runs = 0;

  std::optional<Attempt> once(unsigned nth) {
    CHECK(nth == runs);
    if (runs == signs.size()) return std::nullopt;  // stopped
    fs::create_directories(out.path() / "cells/a");
    util::write_file_atomically(out.path() / "cells/a/log", std::to_string(runs));
    const std::string& sign = signs[runs++];
    using Of = verdict::Doubt::Of;
    Attempt attempt{.doubt = {sign.empty() ? Of::nothing : Of::emulator, sign}};
    attempt.result.judgement = {.verdict = model::Verdict::crash, .reason = "reset"};
    if (sign.empty()) attempt.result.judgement = {};
    return attempt;
  }
  std::optional<model::CellResult> run() {
    return attempt_until_one_counts({out.path(), "cells/a"},
                                    [&](unsigned nth) { return once(nth); });
  }
  std::string log(const std::string& directory) const {
    const fs::path file = out.path() / directory / "log";
    return fs::exists(file) ? util::read_file(file) : "none";
  }
};

}  // namespace

TEST_CASE("an attempt without a sign counts, and there is no other") {
  Cell cell{.signs = {""}};
  const auto result = cell.run();
  REQUIRE(result);
  CHECK(cell.runs == 1);
  CHECK(result->discounted.empty());
  CHECK(cell.log("cells/a") == "0");
}

TEST_CASE("an attempt with a sign is told with its logs, and the next one counts") {
  Cell cell{.signs = {"reset", ""}};
  const auto result = cell.run();
  REQUIRE(result);
  REQUIRE(result->discounted.size() == 1);
  CHECK(result->discounted[0].verdict == model::Verdict::crash);
  CHECK(result->discounted[0].sign == "reset");
  CHECK(result->discounted[0].directory == "cells/a.attempt-1");
  CHECK(cell.log("cells/a.attempt-1") == "0");
  CHECK(cell.log("cells/a") == "1");
}

TEST_CASE("what repeats stands, and the attempts before it are kept beside it") {
  Cell cell{.signs = {"reset", "reset", "reset"}};
  const auto result = cell.run();
  REQUIRE(result);
  CHECK(result->judgement.verdict == model::Verdict::crash);
  CHECK(result->judgement.reason == "reset; the same in 3 of 3 attempts");
  CHECK(cell.log("cells/a.attempt-2") == "1");
  CHECK(cell.log("cells/a") == "2");
}

TEST_CASE("a run that is stopped amid its attempts has no result") {
  Cell cell{.signs = {"reset"}};
  CHECK_FALSE(cell.run());
}

TEST_CASE("what an earlier run set aside is not taken for this one's") {
  Cell cell{.signs = {""}};
  fs::create_directories(cell.out.path() / "cells/a.attempt-1");
  CHECK(cell.run());
  CHECK_FALSE(fs::exists(cell.out.path() / "cells/a.attempt-1"));
}
