// Model <-> JSON. Internal to report/.
#pragma once

#include <nlohmann/json.hpp>

#include "model/result.hpp"
#include "series/matrix.hpp"

namespace kproof::report {

using Json = nlohmann::ordered_json;  // keeps the order in which a reader wants the keys

Json encode(const model::CellResult& cell);
Json encode(const series::Matrix& matrix);
// Throws nlohmann's exceptions, or std::invalid_argument for a word that is none of its enum's.
model::CellResult decode_cell(const Json& json);

std::string_view to_word(model::Source source);
std::string_view to_word(model::Subtest::Result result);
std::string_view to_word(model::Accel accel);

}  // namespace kproof::report
