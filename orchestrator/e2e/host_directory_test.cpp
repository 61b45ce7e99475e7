// Two runs, one directory; and what is in it already.
#include <chrono>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include "e2e/host_support.hpp"

namespace kproof::e2e::host::directory_test {
namespace fs = std::filesystem;

static constexpr seconds kBoot{120};

TEST_CASE("a directory that another run uses is refused with that run's pid") {
  const util::ScratchDir scratch("kproof-e2e-");
  Program first({command({"run", plan("one"), "--out", scratch.path()})});
  REQUIRE(first.says("k/l1/selftest/pass: started", kBoot));
  const Ended second = run_kproof({"run", plan("one"), "--out", scratch.path()});
  CAPTURE(second.err);
  CHECK(second.code == 2);
  CHECK(contains(second.err,
                 fmt::format("{} is in use by process {}", scratch.path().string(), first.pid())));
  CHECK(contains(second.err, "--out"));
  CHECK(first.wait(kBoot).code == 0);
  CHECK(results_in(scratch.path()).at("cells").size() == 1);

  // Its name, /tmp/kproof-*, and its lock make it no abandoned directory of a killed run.
  CHECK(run_kproof({"doctor"}).code == 0);
  CHECK(fs::exists(scratch.path() / "results.json"));
}

TEST_CASE("two runs in two directories both finish") {
  const util::ScratchDir scratch("kproof-e2e-");
  const fs::path a = scratch.path() / "a", b = scratch.path() / "b";
  Program first({command({"run", plan("one"), "--out", a})});
  Program second({command({"run", plan("one"), "--out", b})});
  check_passed(first.wait(kBoot), first.pid(), a);
  check_passed(second.wait(kBoot), second.pid(), b);
}

TEST_CASE("a directory that cannot be made is named with the next step") {
  const util::ScratchDir scratch("kproof-e2e-");
  util::write_file_atomically(scratch.path() / "file", "");
  const fs::path out = scratch.path() / "file/out";
  const Ended ended = run_kproof({"run", plan("one"), "--out", out});
  CAPTURE(ended.err);
  CHECK(ended.code == 2);
  CHECK(contains(ended.err, out));
  CHECK(contains(ended.err, "--out"));
}

TEST_CASE("a directory that cannot be written to is named with the next step") {
  const Ended ended = run_kproof({"run", plan("one"), "--out", "/proc/self"});
  CAPTURE(ended.err);
  CHECK(ended.code == 2);
  CHECK(contains(ended.err, "/proc/self"));
  CHECK(contains(ended.err, "--out"));
}

TEST_CASE("a directory of other things is not strewn with results") {
  const util::ScratchDir scratch("kproof-e2e-");
  util::write_file_atomically(scratch.path() / "Makefile", "all:\n");
  const Ended ended = run_kproof({"run", plan("one"), "--out", scratch.path()});
  CAPTURE(ended.err);
  CHECK(ended.code == 2);
  CHECK(contains(ended.err, scratch.path().string() + " is not empty, and holds no results"));
  CHECK(std::distance(fs::directory_iterator(scratch.path()), {}) == 1);
}

TEST_CASE("results of another plan are not written over") {
  const util::ScratchDir scratch("kproof-e2e-");
  const std::string theirs = R"({"schema": 1, "plan": {"name": "nightly"}, "cells": []})";
  util::write_file_atomically(scratch.path() / "results.json", theirs);
  const Ended ended = run_kproof({"run", plan("one"), "--out", scratch.path()});
  CAPTURE(ended.err);
  CHECK(ended.code == 2);
  CHECK(contains(ended.err, scratch.path()));
  CHECK(contains(ended.err, "`nightly`"));
  CHECK(contains(ended.err, "`host_one`"));
  CHECK(contains(ended.err, "--out"));
  CHECK(util::read_file(scratch.path() / "results.json") == theirs);
}

TEST_CASE("a cell is kept while its inputs are the same and runs again when one changes") {
  const util::ScratchDir scratch("kproof-e2e-");
  const fs::path out = scratch.path() / "out", changed = scratch.path() / "changed.yaml";
  CHECK(run_kproof({"run", plan("one"), "--out", out}).code == 0);

  const Ended kept = run_kproof({"run", plan("one"), "--out", out});
  CAPTURE(kept.err);
  CHECK(kept.code == 0);
  CHECK(contains(kept.err, "pass (1 skipped), kept from an earlier run"));
  CHECK_FALSE(contains(kept.err, "started"));
  CHECK(results_in(out).at("cells").at(0).at("reused") == true);

  std::string text = util::read_file(plan("one"));
  text.replace(text.find("- selftest/pass"), 15, "- { case: selftest/pass, timeout: 33s }");
  util::write_file_atomically(changed, text);
  const Ended again = run_kproof({"run", changed, "--out", out});
  CAPTURE(again.err);
  CHECK(again.code == 0);
  CHECK(contains(again.err, "started"));
  CHECK(results_in(out).at("cells").at(0).at("reused") == false);
}

}  // namespace kproof::e2e::host::directory_test
