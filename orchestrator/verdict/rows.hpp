// The rows of the truth table of judge.hpp as data. Internal to verdict/.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

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

struct Row {
  std::string_view name;
  Bearing bearing;
  std::optional<Ruling> (*apply)(const Observation&);  // empty: the row does not apply
};

// In order of precedence, those of the guest before those of the case; when none applies, the
// verdict is pass.
std::span<const Row> guest_rows();
std::span<const Row> case_rows();

std::string join(const std::vector<std::string>& parts);
// The first three, and how many more there are: "a, b, c and 2 more".
std::string name_some(std::vector<std::string> names);
// As name_some() has them; "" only when there are none.
std::string name_findings(const std::vector<model::Finding>& findings);
std::string name_failed_subtests(const model::CaseReport& report);

}  // namespace kproof::verdict
