// Leaves a triple fault in the kernel's power-off path: all goes well up to the agent's bye, and
// then the machine is reset without a word.
#include <cstdint>
#include <fstream>
#include <string>

#include "lib/case.hpp"
#include "lib/ktap.hpp"
#include "selftest/doctored_module.hpp"
#include "selftest/guard.hpp"

using namespace kproof;

static std::uint64_t address_of(const std::string& wanted) {
  std::ifstream symbols("/proc/kallsyms");
  std::uint64_t address = 0;
  for (std::string type, name, rest; symbols >> std::hex >> address >> type >> name;) {
    if (name == wanted && address != 0) return address;
    std::getline(symbols, rest);
  }
  lib::ktap::bail_out("/proc/kallsyms has no %s", wanted.c_str());
}

// mov %cr0,%rax; mov %rax,%rdx; and $~WP,%rax; mov %rax,%cr0; then the first bytes of `function`
// become: push $0; push $0; lidt (%rsp); int3; and mov %rdx,%cr0; xor %eax,%eax; ret.
static std::string code_that_arms(std::uint64_t function) {
  using namespace std::string_literals;
  const std::string target(reinterpret_cast<const char*>(&function), sizeof function);
  return "\x0f\x20\xc0\x48\x89\xc2\x48\x25\xff\xff\xfe\xff\x0f\x22\xc0"s + "\x48\xbf"s + target +
         "\x48\xb8\x6a\x00\x6a\x00\x0f\x01\x1c\x24\x48\x89\x07\xc6\x47\x08\xcc"s +
         "\x0f\x22\xc2\x31\xc0\xc3"s;
}

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/faults_at_poweroff",
      .summary = "leaves a triple fault in device_shutdown()",
      .needs = {.modules = {"softdog"}},
      .timeout_ms = 10000,
  };
  lib::Case test(argc, argv, description);
  selftest::only_in_a_throwaway_guest();
  test.plan(1);
  test.run("the fault is armed", [](lib::Check&) {
    selftest::run_in_kernel("softdog", code_that_arms(address_of("device_shutdown")));
  });
  return test.finish();
}
