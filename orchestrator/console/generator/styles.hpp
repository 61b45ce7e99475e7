// What stands in front of the lines of a log, by who kept it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace kproof::console::generator {

struct Event {
  enum class Source { kernel, program };
  std::uint64_t usec = 0;
  Source source = Source::kernel;
  std::string caller;  // "T77" or "C1"
  std::string text;
};

// {ts} "   12.345678", {caller} padded as print_caller() does, {usec}, {seq}, {date} of RFC 3164,
// {iso} of RFC 3339, {ctime} of dmesg -T, {clock}, {who}: a program and its pid. `program` is what
// such a log puts before a program's lines; kNever: it holds none.
struct Style {
  std::string_view name, kernel, program;
  bool callers = false;  // it keeps who printed a line
  // A file of many boots: a daemon that ended before the kernel did has not kept its last words.
  bool stored = false;
};
inline constexpr std::string_view kNever = "-";

std::span<const Style> styles();  // the first: a serial console; the second: with callers
std::string render(const Style& style, const Event& event, std::uint64_t sequence);

}  // namespace kproof::console::generator
