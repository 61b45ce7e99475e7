#include "sweep/traces.hpp"

#include <doctest/doctest.h>

#include "util/files.hpp"

using namespace kproof;
using namespace kproof::sweep;

static std::vector<PreparedLevel> levels(const std::string& vmlinux) {
  PreparedLevel level;
  level.kernel.release = "6.1.0-x";
  level.kernel.vmlinux = vmlinux;
  return {level};
}

static model::Finding finding(const std::string& excerpt) {
  return {.title = "WARNING in zap", .start_line = 3, .end_line = 9, .excerpt = excerpt};
}

TEST_CASE("a finding without a trace needs no decoding") {
  CHECK(decode_traces(levels(""), {finding("mm/pgtable-generic.c:39: bad pud 1(2)\n")}).empty());
}

TEST_CASE("without a vmlinux the trace is there, and who would have one is said") {
  const std::string text = decode_traces(levels(""), {finding(" zap+0x1/0x2\n")});
  CHECK(text.starts_with("WARNING in zap, lines 3-9 of the console\n\n zap+0x1/0x2\n"));
  CHECK(text.find("no vmlinux with the symbols of 6.1.0-x is at hand") != text.npos);
  CHECK(text.find("linux-image-6.1.0-x-dbg") != text.npos);
}

TEST_CASE("a vmlinux that is gone is a note, and no error") {
  const std::string text = decode_traces(levels("/nonexistent"), {finding(" zap+0x1/0x2\n")});
  CHECK(text.find("note: cannot read /nonexistent") != text.npos);
}

TEST_CASE("a module that cannot be read costs its own lines only") {
  const util::ScratchDir scratch("kproof-traces-");
  util::write_file_atomically(scratch.path() / "bad.ko", "no module");
  auto broken = levels("/proc/self/exe");
  broken.front().kernel.modules_dir = scratch.path();
  const std::string text = decode_traces(broken, {finding(" zap+0x1/0x2 [bad]\n main+0x0/0x1\n")});
  CHECK(text.find(" zap+0x1/0x2 [bad]\n main+0x0/0x1\n") != text.npos);
  CHECK(text.find("note: cannot read") != text.npos);
}

TEST_CASE("addresses are named only of a kernel that is where it was linked to be") {
  auto level = levels("/nonexistent").front();
  CHECK_FALSE(address_names(level));
  level.level.cmdline = {"nokaslr"};
  REQUIRE(address_names(level));
  CHECK(address_names(level)(0xffffffff81000000).empty());
  level.level.cmdline = {};
  level.kernel.pvh = true;
  CHECK(address_names(level));
  level.kernel.vmlinux.clear();
  CHECK_FALSE(address_names(level));
}
