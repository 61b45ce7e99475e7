// What a case prints: any bytes are a report, and no failure in them is lost.
#include <string>

#include "fuzz/property.hpp"
#include "ktap/parse.hpp"

using namespace kproof;

using Result = model::Subtest::Result;

static std::size_t count(const model::CaseReport& report, Result result) {
  std::size_t n = 0;
  for (const auto& subtest : report.subtests)
    n += subtest.result == result;
  return n;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::text_of(data, size));
  const model::CaseReport report = ktap::parse(text);
  for (const auto& subtest : report.subtests)
    fuzz::require(subtest.name.find('\n') == subtest.name.npos, "a name is of one line");
  // A failure behind all that was said, and on a line of its own, is one more.
  const std::string failed =
      text + "\nnot ok " + std::to_string(report.subtests.size() + 1) + " x\n";
  fuzz::require(count(ktap::parse(failed), Result::not_ok) > count(report, Result::not_ok) ||
                    !report.bail_out.empty() || count(report, Result::not_ok) > 0,
                "a failure that is added is seen");
  // A document that is cut anywhere has no more passes than the whole.
  const model::CaseReport cut = ktap::parse(std::string_view(text).substr(0, text.size() / 2));
  fuzz::require(count(cut, Result::ok) <= report.subtests.size() + 1, "a cut adds no result");
  return 0;
}
