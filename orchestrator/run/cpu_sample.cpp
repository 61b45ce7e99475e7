#include "run/cpu_sample.hpp"

#include <charconv>

namespace kproof::run {

// The number behind `key`; `key` begins a word.
static std::optional<std::uint64_t> number_after(std::string_view text, std::string_view key,
                                                 int base) {
  for (std::size_t at = text.find(key); at != text.npos; at = text.find(key, at + 1)) {
    if (at > 0 && text[at - 1] != ' ' && text[at - 1] != '\n') continue;
    const char* begin = text.data() + at + key.size();
    std::uint64_t value = 0;
    if (std::from_chars(begin, text.data() + text.size(), value, base).ec == std::errc())
      return value;
  }
  return std::nullopt;
}

static std::optional<std::uint64_t> either(std::string_view text, std::string_view in_64_bits,
                                           std::string_view in_32_bits) {
  const auto found = number_after(text, in_64_bits, 16);
  return found ? found : number_after(text, in_32_bits, 16);
}

std::vector<CpuSample> parse_registers(std::string_view text) {
  constexpr std::string_view kCpu = "CPU#";
  constexpr std::uint64_t kInterruptFlag = 1 << 9;
  std::vector<CpuSample> samples;
  for (std::size_t at = text.find(kCpu); at != text.npos;) {
    const std::size_t next = text.find(kCpu, at + 1);
    const std::string_view of_cpu = text.substr(at, next == text.npos ? next : next - at);
    at = next;
    const auto cpu = number_after(of_cpu, kCpu, 10);
    const auto rip = either(of_cpu, "RIP=", "EIP="), flags = either(of_cpu, "RFL=", "EFL=");
    const auto level = number_after(of_cpu, "CPL=", 10);
    if (!cpu || !rip || !flags || !level) continue;
    samples.push_back({.cpu = static_cast<int>(*cpu),
                       .rip = *rip,
                       .interrupts = (*flags & kInterruptFlag) != 0,
                       .user = *level == 3,
                       .halted = number_after(of_cpu, "HLT=", 10).value_or(0) == 1});
  }
  return samples;
}

std::optional<unsigned> parse_byte(std::string_view text) {
  const auto value = number_after(text, "0x", 16);
  if (!value || *value > 0xff) return std::nullopt;
  return static_cast<unsigned>(*value);
}

}  // namespace kproof::run
