// The rows of the truth table of judge.hpp as data. Internal to verdict/.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "verdict/judge.hpp"

namespace kproof::verdict {

struct Ruling {
  model::Verdict verdict;
  model::Blame blame;
  std::string reason;
};

// How a row bears on a failure that was declared.
enum class Bearing {
  symptom,    // what a declared failure looks like
  aftermath,  // follows when the guest or the case ends early
  objection,  // makes it a failure for another reason
};

// The rows of judge.hpp, by name.
enum class RowId {
  crash,
  silent,
  timeout,
  kvm,
  flood,
  poweroff,
  finding,
  taint,
  not_ok,
  signal,
  lacking,
  unbootable,
  host,
  unproven,
  unreachable,
  agent,
  blind,
  unmet,
  prepare,
  outer,
  no_exit,
  malformed,
  exit_code,
  bail_out,
  whole_skip,
  evidence,
  nothing,
};
std::string_view to_string(RowId id);  // as judge.hpp has it: "not-ok"

struct Row {
  RowId id;
  Bearing bearing;
  std::optional<Ruling> (*apply)(const Observation&);  // empty: the row does not apply
};

// In order of precedence, and these three in this order; when none applies, the verdict is pass.
std::span<const Row> failure_rows();
std::span<const Row> guest_rows();
std::span<const Row> case_rows();
// One of failure_rows(): a failure was seen. No other row hides it.
bool is_failure(RowId id);

// How the guest ended, if so.
template <class End>
const End* end_as(const Observation& o) {
  return std::get_if<End>(&o.outcome.end);
}

// A subtest is not ok.
bool has_failed(const Observation& o);

// Nothing was found but stalls, if anything, and no subtest is not ok.
bool only_stalls(const Observation& o);

// Bits that grew while the case ran.
unsigned long grown_taint(const Observation& o);

std::string join(const std::vector<std::string>& parts);
// The first three, and how many more there are: "a, b, c and 2 more".
std::string name_some(std::vector<std::string> names);
// As name_some() has them; "" only when there are none.
std::string name_findings(const std::vector<model::Finding>& findings);
std::string name_failed_subtests(const model::CaseReport& report);

}  // namespace kproof::verdict
