// Sizes, durations and counts as people write them in plans: "2G", "64M", "1.5s", "20s", "5m".
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kproof::util {

using Millis = std::chrono::milliseconds;

// Bytes; suffixes K M G T are powers of 1024, none means bytes. Empty on anything else.
std::optional<std::uint64_t> parse_size(std::string_view text);
// The shortest exact form: 2147483648 -> "2G", 1000 -> "1000".
std::string format_size(std::uint64_t bytes);

// "1 cell", "2 cells"; where the plural is not made by an s it is given: "3 patches".
std::string format_count(std::uint64_t count, std::string_view one, std::string_view many = "");

// Suffixes ms s m h; a bare number is refused, because nobody remembers the unit.
std::optional<Millis> parse_duration(std::string_view text);
// For eyes: "0.4s", "12.3s", "2m05s", "1h02m".
std::string format_duration(Millis duration);
// The day in UTC, "2026-11-22".
std::string today();
// UTC, ISO 8601: "2026-11-22T08:31:48Z".
std::string now();

}  // namespace kproof::util
