// One line of KTAP at a time: its kind and its parts.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <variant>

#include "model/evidence.hpp"

namespace kproof::ktap {

struct Version {};
struct Plan {
  std::size_t tests = 0;
  std::string_view skip_reason;  // of "1..0 # SKIP reason"
};
struct Result {
  bool ok = false;
  std::optional<std::size_t> number;
  std::string_view name;
  bool skipped = false;
  std::string_view skip_reason;
};
struct BailOut {
  std::string_view reason;
};
struct Diagnostic {
  std::string_view text;
};
struct Nested {
  bool failed = false;  // a "not ok" of an indented document
  std::string_view text;
};
struct Unknown {};  // text of no known form, which KTAP allows
struct Malformed {  // meant to be something, but cannot be read
  const char* why;
};
using Line = std::variant<Version, Plan, Result, BailOut, Diagnostic, Nested, model::Evidence,
                          model::Metric, Unknown, Malformed>;

// `line` is without its newline; the parts point into it.
Line classify(std::string_view line);

// UTF-8, and no control character but tab, escape and carriage return.
bool is_text(std::string_view line);

}  // namespace kproof::ktap
