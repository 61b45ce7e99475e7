// kproof config-bisect with real guests, on kernels that need no compiling: with CONFIG_CULPRIT the
// made-up source builds to 6.1, on which mprotect of a 1 GiB devdax mapping fails.
#include <cmath>

#include <doctest/doctest.h>

#include "e2e/leftovers.hpp"
#include "e2e/stand_in.hpp"
#include "e2e/support.hpp"

namespace kproof::e2e::guest_config_bisect_test {
using namespace std::chrono_literals;
namespace fs = std::filesystem;

static constexpr const char* kCases =
    "  - { case: mm/dax_1g_mprotect, args: [--seconds, \"0.5\"] }\n"
    "  - { case: mm/thp_mprotect, args: [--size, 4M, --seconds, \"0\"] }\n";

static Run bisect_configs(const StandIn& source, const fs::path& out,
                          const std::vector<std::string>& more) {
  std::vector<std::string> argv{
      "config-bisect", source.plan(kCases).string(), "--repetitions", "1", "--out", out.string()};
  argv.insert(argv.end(), more.begin(), more.end());
  return run_kproof(argv, out, 8min);
}

static fs::path fragment(const std::string& name, const std::string& lines) {
  const fs::path file = fs::path(KPROOF_BUILD_DIR) / "e2e" / name;
  util::write_file_atomically(file, "# A test's.\n" + lines);
  return file;
}

TEST_CASE(
    "config-bisect finds the symbol, with what it needs, proves it both ways, and goes on from "
    "what is kept") {
  const StandIn source;
  source.commit_options();
  const auto out = fresh_directory("config-bisect");
  const fs::path all =
      fragment("all.config",
               "CONFIG_A=y\nCONFIG_B=y\nCONFIG_C=y\nCONFIG_D=y\nCONFIG_E=y\nCONFIG_F=y\n"
               "CONFIG_G=y\nCONFIG_H=y\nCONFIG_NEEDED=y\nCONFIG_CULPRIT=y\n");
  const std::vector<std::string> words{"--bad", all.string(), "--case", "mm/dax_1g_mprotect"};
  const Run run = bisect_configs(source, out, words);
  INFO(run.process.err);
  INFO(run.process.out);
  CHECK(run.process.exit_code == 0);
  const Json& found = run.results.at("config_bisect");
  CHECK(found.at("answer") == "found");
  CHECK(found.at("symbols") == 10);
  CHECK(found.at("kernels").get<double>() <= 2 * std::log2(10) + 4);
  REQUIRE(found.at("causes").size() == 1);
  const Json& cause = found.at("causes").at(0);
  CHECK(cause.at("symbols") == Json::parse(R"([{"symbol": "CULPRIT", "good": "n", "bad": "y"}])"));
  CHECK(cause.at("needed") == Json::parse(R"([{"symbol": "NEEDED", "good": "n", "bad": "y"}])"));
  CHECK(cause.at("least") == true);
  const Json& steps = found.at("steps");
  CHECK(steps.at(cause.at("with").get<std::size_t>()).at("outcome") == "bad");
  CHECK(steps.at(found.at("without").get<std::size_t>()).at("outcome") == "good");
  CHECK(run.process.out.find("proven both ways:") != std::string::npos);
  CHECK(left_by_run(out) == std::vector<std::string>{});

  const Run again = bisect_configs(source, out, words);
  CHECK(again.process.exit_code == 0);
  CHECK(again.process.err.find(": started") == std::string::npos);
  CHECK(again.results.at("config_bisect") == found);

  // The two ends as cells of that run.
  const auto cell_of = [&](std::size_t step) {
    return out / steps.at(step).at("directory").get<std::string>() /
           "cells/mine/l1/mm/dax_1g_mprotect";
  };
  const auto elsewhere = fresh_directory("config-bisect-2");
  const Run cells = bisect_configs(source, elsewhere,
                                   {"--good", cell_of(0).string(), "--bad", cell_of(1).string()});
  INFO(cells.process.err);
  CHECK(cells.process.exit_code == 0);
  CHECK(cells.results.at("config_bisect").at("causes").at(0).at("symbols") == cause.at("symbols"));
}

TEST_CASE(
    "where the case does not fail more with --bad, config-bisect says that and names nothing") {
  const StandIn source;
  source.commit_options();
  const auto out = fresh_directory("config-bisect-alike");
  const Run run =
      bisect_configs(source, out,
                     {"--bad", fragment("alike.config", "CONFIG_A=y\nCONFIG_B=y\n").string(),
                      "--case", "mm/dax_1g_mprotect"});
  INFO(run.process.err);
  CHECK(run.process.exit_code == 1);
  CHECK(run.process.out.find("No difference: --bad does not fail: 1 cell is as the plan expects") !=
        std::string::npos);
  CHECK(run.results.at("config_bisect").at("causes").empty());
}

}  // namespace kproof::e2e::guest_config_bisect_test
