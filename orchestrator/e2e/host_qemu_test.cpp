// QEMU that is missing, does not start, or is killed: a fault of the host, never of a kernel.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include "e2e/host_support.hpp"

namespace kproof::e2e::host::qemu_test {
namespace fs = std::filesystem;

static constexpr seconds kBoot{120};

// The only cell of host_one, which must be the host's fault; returns the reason.
static std::string reason_of_broken(const fs::path& out,
                                    const std::string& name = "k/l1/selftest/pass") {
  const Json results = results_in(out);
  const Json* cell = find_cell(results, name);
  REQUIRE(cell);
  CHECK(cell->at("verdict") == "broken");
  CHECK(cell->at("blame") == "host");
  CHECK(cell->at("expected") == false);
  return cell->at("reason");
}

TEST_CASE("a host without QEMU is told so before anything runs") {
  const util::ScratchDir scratch("kproof-e2e-");
  const Ended ended =
      run_kproof({"run", plan("one"), "--out", scratch.path() / "out"}, {{"PATH", "/nowhere"}});
  CAPTURE(ended.err);
  CHECK(ended.code == 69);
  CHECK(contains(ended.err, "qemu-system-x86_64: no such program in PATH"));
  CHECK(contains(ended.err, "hint: `kproof doctor` lists what to install"));
}

// Answers libvirt's questions, and fails for guests.
static std::string path_with_bad_qemu(const fs::path& directory) {
  const fs::path fake = directory / "qemu-system-x86_64";
  fs::permissions(directory, fs::perms{0755});  // root has another user run QEMU
  util::write_file_atomically(
      fake,
      "#!/bin/sh\ncase \"$*\" in *guest=kproof-*)\n"
      "  echo 'qemu-system-x86_64: the moon is in the wrong phase' >&2; exit 1;;\nesac\n"
      "PATH=${PATH#*:}\nexec qemu-system-x86_64 \"$@\"\n");
  fs::permissions(fake, fs::perms{0755});
  return fmt::format("{}:{}", directory.string(), std::getenv("PATH"));
}

TEST_CASE("a QEMU that does not start makes the cell broken, at once and in QEMU's words") {
  const util::ScratchDir scratch("kproof-e2e-");
  const fs::path out = scratch.path() / "out";
  Program program({command({"run", plan("one"), "--out", out}),
                   {{"PATH", path_with_bad_qemu(scratch.path())}}});
  REQUIRE(program.says("k/l1/selftest/pass: started", kBoot));
  const Ended ended = program.wait(seconds(10));
  CAPTURE(ended.err);
  CHECK(ended.code == 69);
  CHECK(contains(reason_of_broken(out), "the moon is in the wrong phase"));
  CHECK(contains(util::read_file(out / "cells/k/l1/selftest/pass/qemu.log"), "the moon"));
  CHECK(left_by(program.pid(), out).empty());
}

TEST_CASE("a CPU model that QEMU does not know makes the cell broken and is named") {
  const util::ScratchDir scratch("kproof-e2e-");
  const fs::path out = scratch.path() / "out";
  Program program({command({"run", plan("bad_cpu"), "--out", out})});
  const Ended ended = program.wait(kBoot);
  CAPTURE(ended.err);
  CHECK(ended.code == 69);
  CHECK(contains(reason_of_broken(out), "cpu64-rhel6"));
  CHECK(left_by(program.pid(), out).empty());
}

TEST_CASE("a QEMU that is killed makes the cell broken, and the next run runs it again") {
  const util::ScratchDir scratch("kproof-e2e-");
  const fs::path out = scratch.path() / "out";
  Program program({command({"run", plan("one"), "--out", out, "-v"})});
  REQUIRE(program.says("k/l1/selftest/pass: boot", kBoot));
  const auto guests = guests_of(program.pid());
  REQUIRE(guests.size() == 1);
  ::kill(guests[0], SIGKILL);
  const Ended ended = program.wait(seconds(10));
  CAPTURE(ended.err);
  CHECK(ended.code == 69);
  CHECK(contains(reason_of_broken(out), "killed by signal 9"));
  CHECK(left_by(program.pid(), out).empty());

  const Ended again = run_kproof({"run", plan("one"), "--out", out});
  CAPTURE(again.err);
  CHECK(again.code == 0);
  CHECK(results_in(out).at("cells").at(0).at("verdict") == "pass");
}

// QEMU exits with 0 then, as it does behind a power-off.
TEST_CASE("a QEMU that is told to end from outside makes the cell broken: its guest is no crash") {
  const util::ScratchDir scratch("kproof-e2e-");
  const fs::path out = scratch.path() / "out";
  Program program({command({"run", plan("one"), "--out", out, "-v"})});
  REQUIRE(program.says("k/l1/selftest/pass: boot", kBoot));
  const auto guests = guests_of(program.pid());
  REQUIRE(guests.size() == 1);
  ::kill(guests[0], SIGTERM);
  const Ended ended = program.wait(seconds(10));
  CAPTURE(ended.err);
  CHECK(ended.code == 69);
  CHECK(contains(reason_of_broken(out), "QEMU was ended from outside (host-signal)"));
  CHECK(left_by(program.pid(), out).empty());
}

TEST_CASE("a QEMU that answers nothing, like its guest, is the host's fault") {
  const util::ScratchDir scratch("kproof-e2e-");
  const fs::path out = scratch.path() / "out";
  Program program({command({"run", plan("hang"), "--out", out, "-v"})});
  REQUIRE(program.says("k/l1/selftest/irqs_off: test", kBoot));
  const auto guests = guests_of(program.pid());
  REQUIRE(guests.size() == 1);
  ::kill(guests[0], SIGSTOP);
  const Ended ended = program.wait(kBoot);
  CAPTURE(ended.err);
  CHECK(ended.code == 69);
  CHECK(
      contains(reason_of_broken(out, "k/l1/selftest/irqs_off"), "QEMU's monitor does not answer"));
  CHECK(left_by(program.pid(), out).empty());
}

}  // namespace kproof::e2e::host::qemu_test
