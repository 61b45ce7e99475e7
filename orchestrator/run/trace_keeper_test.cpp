#include "run/trace_keeper.hpp"

#include <doctest/doctest.h>

using namespace kproof;
using namespace kproof::run;
using agent::Type;

TEST_CASE("the agent is told once to stop, by what is wrong, and not that its case ended") {
  TraceKeeper keeper;
  keeper.note({.sign = Sign::ended, .what = "the case exited with 0", .failed = false});
  CHECK_FALSE(keeper.take_stop());
  CHECK_FALSE(keeper.fetching());
  keeper.note({.sign = Sign::finding, .level = 2, .what = "a finding on the console"});
  keeper.note({.sign = Sign::hang, .what = "it hangs"});
  CHECK(keeper.take_stop() == "a finding on the console (L2)");
  CHECK_FALSE(keeper.take_stop());
  CHECK(keeper.fetching());
}

TEST_CASE("pieces of a file come together, until all has come") {
  TraceKeeper keeper;
  keeper.take({Type::trace, 1, "kallsyms\nffff T a\n"});
  keeper.take({Type::trace, 1, "trace_clock\n"});
  CHECK(keeper.fetching());
  keeper.take({Type::trace, 1, "kallsyms\nffff T b\n"});
  keeper.take({Type::trace, 1, "no newline"});
  keeper.take({Type::traced, 1, to_json(agent::Traced{.stopped = "not ok 1"})});
  keeper.take({Type::trace, 1, "kallsyms\ntoo late\n"});
  CHECK_FALSE(keeper.fetching());
  CHECK(keeper.files().size() == 2);
  CHECK(keeper.files().at("kallsyms") == "ffff T a\nffff T b\n");
  CHECK(keeper.files().at("trace_clock").empty());
  CHECK(keeper.traced()->stopped == "not ok 1");
}

TEST_CASE("no more than an agent may send is kept") {
  TraceKeeper keeper;
  const std::string piece = "x\n" + std::string(1 << 20, 'x');
  for (std::size_t sent = 0; sent < 2 * agent::kMostTrace; sent += piece.size())
    keeper.take({Type::trace, 1, piece});
  CHECK(keeper.files().at("x").size() <= agent::kMostTrace);
}
