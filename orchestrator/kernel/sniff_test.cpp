#include "kernel/sniff.hpp"

#include <doctest/doctest.h>

#include "kernel/made_up.hpp"

using namespace kproof::kernel;

TEST_CASE("kernels and packages are told apart") {
  CHECK(sniff(made_up_bzimage("PAYLOAD", "6.1"), 4096).kind == FileKind::bzimage);
  CHECK(sniff(made_up_vmlinux(18, ""), 4096).kind == FileKind::elf);
  CHECK(sniff("!<arch>\ndebian-binary   1410122664", 4096).kind == FileKind::deb);
}

TEST_CASE("anything else is said by name, by its text or by its first bytes") {
  CHECK(sniff("", 0).what == "an empty file");
  CHECK(sniff("#!/bin/sh\necho", 14).what == "text that begins \"#!/bin/sh\" (14 bytes)");
  CHECK(sniff("\x1f\x8b\x08", 300).what == "a gzip file (300 bytes)");
  CHECK(sniff(std::string("\0\1\2", 3), 3).what ==
        "a file that begins with the bytes 00 01 02 (3 bytes)");
  std::string arm(128, '\0');
  arm.replace(0x38, 4, "ARM\x64");
  CHECK(sniff(arm, 128).what == "an arm64 Image (128 bytes)");
}
