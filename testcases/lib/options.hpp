// Command-line options with units: --size 64M, --seconds 0.5.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "lib/ktap.hpp"

namespace kproof::lib {

// One option; its value is written through `target`, which holds the default before.
struct Option {
  std::string_view name;                    // "--size"
  std::string_view help;                    // with the unit and the default
  std::uint64_t* size = nullptr;            // bytes: "64M", suffixes K M G T are powers of 1024
  double* number = nullptr;                 // "0.5"
  unsigned* count = nullptr;                // "16"
  std::string_view* choice = nullptr;       // one of `choices`
  std::vector<std::string_view> choices{};  // "anon", "thp"
};

// Reads argv into the options. An unknown option or a bad value ends the program with exit code 64
// (EX_USAGE) and a message; --help prints all of them and ends with 0.
void parse_options(int argc, char** argv, std::string_view summary,
                   const std::vector<Option>& options);

// For values that only the case itself can judge: a message on stderr, exit code 64.
[[noreturn]] void usage_error(const char* format, ...) KPROOF_PRINTF(1, 2);

// Bytes; false on anything but digits and at most one suffix, and on overflow.
bool parse_size(std::string_view text, std::uint64_t& bytes);

}  // namespace kproof::lib
