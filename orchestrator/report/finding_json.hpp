// The one form that a finding has in JSON, in cell.json, in results.json and of `kproof analyze`.
#pragma once

#include <nlohmann/json.hpp>

#include "model/finding.hpp"

namespace kproof::report {

// The form of all that kproof writes as JSON; results.schema.json says what it is.
inline constexpr int kSchema = 3;

using Json = nlohmann::ordered_json;  // keeps the order in which a reader wants the keys

// `culprit` and `known` are null where there is none (results.schema.json).
Json finding_to_json(const model::Finding& finding);

}  // namespace kproof::report
