// What QEMU says of its CPUs: HMP's `info registers -a`, and `x`. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace kproof::run {

struct CpuSample {
  int cpu = 0;
  std::uint64_t rip = 0;
  bool interrupts = false;  // RFLAGS.IF
  bool user = false;        // CPL 3
  bool halted = false;      // QEMU itself waits for an interrupt (never where KVM has the APIC)
};

// One of each CPU that the text shows whole; carriage returns and what else there is are passed
// over.
std::vector<CpuSample> parse_registers(std::string_view text);

// Of "ffffffff81a592ea: 0xf4": the byte. Empty when memory could not be read.
std::optional<unsigned> parse_byte(std::string_view text);

}  // namespace kproof::run
