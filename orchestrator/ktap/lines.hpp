// One line of KTAP at a time: its kind and its parts.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <variant>

#include "model/evidence.hpp"

namespace kproof::ktap {

struct Version {
  bool ktap = false;  // else TAP, whose results need no numbers
};
struct Plan {
  std::size_t tests = 0;
  std::string_view skip_reason;  // of "1..0 # SKIP reason"
};
// What stands behind the '#' of a result (Documentation/dev-tools/ktap.rst, "Test case result
// lines").
enum class Directive { none, skip, todo, xfail, timeout, error };
struct Result {
  bool ok = false;
  std::optional<std::size_t> number;
  std::string_view name;  // "\#" is a '#' that begins no directive (TAP 14)
  Directive directive = Directive::none;
  std::string_view reason;  // behind the directive
};
// What a result line says of its test. A skip is one whether "ok" or "not ok" stands before it. A
// failure that was to be expected (TODO, XFAIL) proves nothing and is no failure: a skip with that
// reason. kselftest prints "ok # XFAIL" of one. A time-out or an error is never ok.
model::Subtest::Result outcome(const Result& result);
struct BailOut {
  std::string_view reason;
};
struct Diagnostic {
  std::string_view text;
};
struct Nested {  // of an indented document
  std::size_t indent = 0;
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
