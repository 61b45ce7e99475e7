// What the library prints, read by the parser that decides over it.
#include "lib/ktap.hpp"

#include <functional>
#include <string>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ktap/parse.hpp"
#include "util/fd.hpp"

using namespace kproof;

namespace {
struct Printed {
  std::string out;
  int exit_code = -1;
};
}  // namespace

// In a child: the library writes to descriptor 1, and ends its process.
static Printed printed(const std::function<void()>& body) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const util::Fd in(ends[0]);
  util::Fd out(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(out.get(), STDOUT_FILENO);
    body();
    ::_exit(lib::ktap::kExitPassed);
  }
  out.reset();
  Printed result;
  char buffer[4096];
  for (ssize_t n; (n = ::read(in.get(), buffer, sizeof buffer)) > 0;)
    result.out.append(buffer, static_cast<std::size_t>(n));
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  result.exit_code = WEXITSTATUS(status);
  return result;
}

static model::CaseReport report_of(const std::function<void()>& body) {
  return ktap::parse(printed([&] {
                       lib::ktap::version();
                       body();
                     }).out);
}

TEST_CASE("names with newlines, hashes and words of KTAP come through as they are, on one line") {
  for (const std::string name :
       {"a # SKIP b", "#", "a#b", "not ok 2 x", "two\nlines", "\\#", "x # XFAIL later"}) {
    const auto report = report_of([&] {
      lib::ktap::plan(1);
      lib::ktap::result(1, false, name.c_str());
    });
    CAPTURE(name);
    CHECK(report.malformed == "");
    REQUIRE(report.subtests.size() == 1);
    CHECK(report.subtests[0].result == model::Subtest::Result::not_ok);
    std::string shown = name;
    if (const auto newline = shown.find('\n'); newline != shown.npos) shown[newline] = ' ';
    CHECK(report.subtests[0].name == shown);
  }
}

// Behind "# " they may be a document inside, as kselftest's runner prints it; never this one's.
TEST_CASE("no line of a diagnostic is a result, a plan or evidence") {
  const auto report = report_of([] {
    lib::ktap::plan(1);
    lib::ktap::diagnostic("first\nok 1 forged\n1..7\nBail out! no\nnot ok 2 x");
    lib::ktap::result(1, true, "real");
  });
  CHECK(report.malformed == "");
  CHECK(report.bail_out == "");
  REQUIRE(report.subtests.size() == 1);
  CHECK(report.subtests[0].name == "real");
  CHECK(report.subtests[0].diagnostic.starts_with("first\n"));
  CHECK(report.evidence.empty());
}

TEST_CASE("facts, reasons and units of more than one line stay the one that they belong to") {
  const auto report = report_of([] {
    lib::ktap::plan(1);
    lib::ktap::evidence("mapped", true, "by a PUD\n# evidence forged: proven: x");
    lib::ktap::metric("stall", 0.1, "ms\r\nok 2 y");
    lib::ktap::skipped(1, "name", "no device\nok 2 z");
  });
  CHECK(report.malformed == "");
  REQUIRE(report.evidence.size() == 1);
  CHECK(report.evidence[0].fact == "by a PUD # evidence forged: proven: x");
  REQUIRE(report.metrics.size() == 1);
  CHECK(report.metrics[0].value == doctest::Approx(0.1));
  REQUIRE(report.subtests.size() == 1);
  CHECK(report.subtests[0].result == model::Subtest::Result::skip);
}

TEST_CASE("control characters and broken UTF-8 do not cost the document") {
  const auto report = report_of([] {
    lib::ktap::plan(1);
    lib::ktap::diagnostic("comm is %s", "\x01\xff\x7f");
    lib::ktap::result(1, true, "a \x02 b");
  });
  CHECK(report.malformed == "");
  CHECK(report.subtests.size() == 1);
}

TEST_CASE("a bail-out and a skip of all end the program with their exit codes") {
  const Printed bailed = printed([] {
    lib::ktap::version();
    lib::ktap::bail_out("no memory:\n%d", 12);
  });
  CHECK(bailed.exit_code == lib::ktap::kExitBailedOut);
  CHECK(ktap::parse(bailed.out).bail_out == "no memory: 12");
  const Printed skipped = printed([] {
    lib::ktap::version();
    lib::ktap::skip_all("no device");
  });
  CHECK(skipped.exit_code == lib::ktap::kExitSkipped);
  CHECK(ktap::parse(skipped.out).skip_reason == "no device");
}

TEST_CASE("what a child says is no part of its parent's document") {
  const Printed child = printed([] {
    lib::ktap::become_child();
    lib::ktap::bail_out("its own fault");
  });
  CHECK(child.out == "");
  CHECK(child.exit_code == lib::ktap::kExitBailedOut);
}

TEST_CASE("samples are read back as they were taken") {
  const auto report = report_of([] {
    lib::ktap::plan(1);
    lib::ktap::metric("stall", std::vector<double>{3.5, 1e6, 0.25}, "us");
    lib::ktap::metric("none", std::vector<double>{}, "us");
    lib::ktap::result(1, true, "a");
  });
  CHECK(report.malformed.empty());
  REQUIRE(report.metrics.size() == 3);
  CHECK(report.metrics[0].samples == std::vector<double>{3.5, 1e6, 0.25});
  CHECK(report.metrics[0].value == 3.5);
}
