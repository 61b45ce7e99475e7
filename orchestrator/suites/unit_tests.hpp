// kvm-unit-tests: flat binaries that QEMU runs as a guest of the kernel under test.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "util/units.hpp"

namespace kproof::suites {

// A section of x86/unittests.cfg.
struct UnitTest {
  std::string name;
  std::string file;  // "apic.flat"
  unsigned smp = 1;
  std::vector<std::string> extra;                          // QEMU's
  util::Millis timeout{90000};                             // scripts/runtime.bash: TIMEOUT
  std::vector<std::pair<std::string, std::string>> check;  // a file of the guest, what it holds
  std::vector<std::string> groups;
  std::string place;  // "x86/unittests.cfg:12"
};

// Those for x86-64 and KVM, in the file's order. ConfigError with file and line for what is no
// unittests.cfg (its first comment says what one is). Pure.
std::vector<UnitTest> parse_unit_tests(std::string_view text, const std::string& file);

// As x86/run starts it, with `kernel` and by KVM alone: a fallback to TCG would show nothing. Pure.
std::vector<std::string> qemu_argv(const std::string& emulator, const UnitTest& test,
                                   const std::string& kernel);

}  // namespace kproof::suites
