// Kernels that are built while the cells of others run. The one that is built is a made-up tree.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include "e2e/host_support.hpp"
#include "source/made_up.hpp"

namespace kproof::e2e::host::pipeline_test {
namespace fs = std::filesystem;

namespace {

// A run of selftest/pass on `mine`, whose compiler is a shell command, and on Debian's kernel.
struct Bench : source::MadeUpTree {
  const fs::path cache = make_public_cache(scratch.path()), out = scratch.path() / "out",
                 plan = scratch.path() / "plan.yaml";

  explicit Bench(const std::string& compiler) {
    std::string makefile = source::kMakefile;
    const std::string compile = "$(CC) -c -o $@ $(CURDIR)/$<";
    makefile.replace(makefile.find(compile), compile.size(), compiler);
    write(tree / "Makefile", makefile);
    git("commit -qam 'another compiler'");
    write(plan, plan_to_build(tree));
  }
  Program::Spec run() const {
    return {command({"run", plan.string(), "--out", out.string(), "-v"}),
            {{"KPROOF_CACHE", cache.string()}}};
  }
};

}  // namespace

TEST_CASE("a cell runs to its end while another kernel is built") {
  const fs::path seen = fs::temp_directory_path() / fmt::format("kproof-seen-{}", ::getpid());
  const Bench bench(
      fmt::format("for i in $$(seq 1800); do [ ! -e {} ] || break; sleep 0.1; done; "
                  "[ $$i -eq 1800 ] || echo 'mm/a.c:1: error: a cell has run' >&2; "
                  "exit 1",
                  seen.string()));
  Program program(bench.run());
  const fs::path cell = bench.out / "cells/debian/l1/selftest/pass/cell.json";
  const bool ran = becomes_true(seconds(180), [&] { return fs::exists(cell); });
  util::write_file_atomically(seen, "");
  const Ended ended = program.wait(seconds(60));
  fs::remove(seen);
  CAPTURE(ended.err);
  REQUIRE(ran);
  CHECK(ended.code == 1);
  const Json results = results_in(bench.out);
  REQUIRE(find_cell(results, "debian/l1/selftest/pass"));
  CHECK(find_cell(results, "debian/l1/selftest/pass")->at("verdict") == "pass");
  REQUIRE(find_cell(results, "mine/l1/selftest/pass"));
  CHECK(contains(find_cell(results, "mine/l1/selftest/pass")->at("reason").get<std::string>(),
                 "error: a cell has run"));
  CHECK(left_by(program.pid(), bench.out).empty());
}

TEST_CASE("kill -9 beside a build leaves neither guest nor compiler, and what ended is kept") {
  // A compiler outlives make by what is left of one file; this one, by nothing.
  const Bench bench("while [ -d /proc/$$PPID ]; do sleep 0.1; done; exit 1");
  Program program(bench.run());
  const fs::path cell = bench.out / "cells/debian/l1/selftest/pass/cell.json";
  const bool ran = becomes_true(seconds(180), [&] { return fs::exists(cell); });
  REQUIRE_MESSAGE(ran, program.err());
  REQUIRE_MESSAGE(contains(program.err(), "building "), program.err());
  program.signal(SIGKILL);
  program.wait(seconds(10));
  CHECK(becomes_true(seconds(10), [&] { return left_by(program.pid(), bench.out).empty(); }));
  CHECK(becomes_true(seconds(10),
                     [&] { return processes_with(bench.scratch.path().string()).empty(); }));
  Program again(bench.run());
  CHECK(again.says("kept from an earlier run", seconds(60)));
  CHECK(again.says("building ", seconds(60)));
  again.signal(SIGINT);
  const Ended ended = again.wait(seconds(30));
  CAPTURE(ended.err);
  CHECK(ended.code == 130);
  CHECK(contains(ended.err, "the build was interrupted"));
}

}  // namespace kproof::e2e::host::pipeline_test
