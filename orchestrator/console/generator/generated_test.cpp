// Logs whose findings are known because they were made of parts, against the analyser. The parts
// are written from the kernels' sources, and know nothing of the analyser's tables.
//
//   KPROOF_GENERATED=1000000 build/bin/generator_test    so many logs (ci/nightly), with progress
//   KPROOF_GENERATED_SEED=123 build/bin/generator_test   from that log on
//   KPROOF_GENERATED_ALL=1 build/bin/generator_test      goes on behind a failure, and counts them
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "console/analyzer.hpp"
#include "console/generator/check.hpp"

using namespace kproof::console;
using namespace kproof::console::generator;

static std::uint64_t number(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value ? std::strtoull(value, nullptr, 10) : otherwise;
}

static generator::Verdict analyse(const std::string& text) {
  Analyzer analyzer;
  analyzer.feed(text);
  analyzer.finish();
  generator::Verdict verdict;
  for (const auto& finding : analyzer.findings())
    verdict.findings.push_back(
        {finding.title, finding.frame, finding.start_line, finding.count, finding.corrupted});
  verdict.oopsed = analyzer.facts().oopsed;
  verdict.panicked = analyzer.facts().panicked;
  return verdict;
}

// "" if every promise holds; else all that somebody needs to see why not.
static std::string failure(std::uint64_t seed) {
  const Log log = compose(seed);
  const Rendered rendered = render(log);
  const std::string broken = broken_promise(log, rendered, analyse(rendered.text));
  if (broken.empty()) return {};
  const Log small = shrink(log, analyse);
  const Rendered shown = render(small);
  return fmt::format("{}\n  KPROOF_GENERATED_SEED={}, Linux {}, style: {}{}{}\n{}",
                     broken_promise(small, shown, analyse(shown.text)), seed, small.machine.release,
                     small.style.name, small.crlf ? ", CRLF" : "",
                     small.coloured ? ", colours" : "", shown.text);
}

TEST_CASE("whatever a log is made of, its reports are found and nothing else is") {
  const std::uint64_t logs = number("KPROOF_GENERATED", 10000);
  const std::uint64_t from = number("KPROOF_GENERATED_SEED", 1);
  const bool all = std::getenv("KPROOF_GENERATED_ALL") != nullptr;
  std::size_t failures = 0;
  for (std::uint64_t seed = from; seed < from + logs; ++seed) {
    if (logs >= 100000 && seed % 10000 == 0)
      std::fprintf(stderr, "%llu of %llu logs\n", static_cast<unsigned long long>(seed - from),
                   static_cast<unsigned long long>(logs));
    const std::string broken = failure(seed);
    if (broken.empty()) continue;
    ++failures;
    INFO(broken);
    if (!all) REQUIRE(broken.empty());
    CHECK(broken.empty());
  }
  CHECK(failures == 0);
}

TEST_CASE("a log is the same for the same seed") {
  CHECK(render(compose(7)).text == render(compose(7)).text);
  CHECK(render(compose(7)).text != render(compose(8)).text);
}

TEST_CASE("a shrunk log is no longer than the log, and breaks the same promise") {
  // An analyser that sees nothing breaks every promise that there is.
  const Analyse blind = [](const std::string&) { return generator::Verdict{}; };
  std::size_t seen = 0;
  for (std::uint64_t seed = 1; seed < 40; ++seed) {
    const Log log = compose(seed);
    const Rendered rendered = render(log);
    if (broken_promise(log, rendered, {}).empty()) continue;
    ++seen;
    const Log small = shrink(log, blind);
    const Rendered shown = render(small);
    CHECK_FALSE(broken_promise(small, shown, {}).empty());
    CHECK(shown.text.size() <= rendered.text.size());
    // Boots stay: without the first, the second would be the first.
    CHECK(std::ranges::count_if(small.pieces, [](const Piece& piece) {
            return piece.what.find("boot") == piece.what.npos;
          }) <= 1);
  }
  CHECK(seen > 10);
}
