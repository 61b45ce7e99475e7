#include "util/units.hpp"

#include <charconv>
#include <cmath>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace kproof::util {

struct Quantity {
  double number;
  std::string_view suffix;
};

static std::optional<Quantity> split(std::string_view text) {
  Quantity q{};
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), q.number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(q.number) || q.number < 0) return std::nullopt;
  q.suffix = text.substr(static_cast<std::size_t>(end - text.data()));
  return q;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  const auto q = split(text);
  if (!q || q->suffix.size() > 1) return std::nullopt;
  constexpr std::string_view units = "KMGT";
  double bytes = q->number;
  if (!q->suffix.empty()) {
    const auto power = units.find(q->suffix[0]);
    if (power == std::string_view::npos) return std::nullopt;
    bytes *= std::pow(1024.0, static_cast<double>(power + 1));
  }
  if (bytes != std::floor(bytes) || bytes > 9e18) return std::nullopt;
  return static_cast<std::uint64_t>(bytes);
}

std::string format_size(std::uint64_t bytes) {
  constexpr std::string_view units = "KMGT";
  std::size_t power = 0;
  while (bytes != 0 && bytes % 1024 == 0 && power < units.size()) {
    bytes /= 1024;
    ++power;
  }
  return power == 0 ? fmt::format("{}", bytes) : fmt::format("{}{}", bytes, units[power - 1]);
}

std::string format_count(std::uint64_t count, std::string_view one, std::string_view many) {
  if (count == 1) return fmt::format("1 {}", one);
  return many.empty() ? fmt::format("{} {}s", count, one) : fmt::format("{} {}", count, many);
}

std::optional<Millis> parse_duration(std::string_view text) {
  const auto q = split(text);
  if (!q) return std::nullopt;
  double ms = 0;
  if (q->suffix == "ms")
    ms = q->number;
  else if (q->suffix == "s")
    ms = q->number * 1e3;
  else if (q->suffix == "m")
    ms = q->number * 60e3;
  else if (q->suffix == "h")
    ms = q->number * 3600e3;
  else
    return std::nullopt;
  if (ms > 1e12) return std::nullopt;
  return Millis(static_cast<Millis::rep>(std::llround(ms)));
}

std::string format_duration(Millis duration) {
  const auto seconds = duration.count() / 1000;
  if (seconds < 60) return fmt::format("{:.1f}s", static_cast<double>(duration.count()) / 1e3);
  if (seconds < 3600) return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
  return fmt::format("{}h{:02}m", seconds / 3600, seconds / 60 % 60);
}

std::string now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

std::string today() {
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace kproof::util
