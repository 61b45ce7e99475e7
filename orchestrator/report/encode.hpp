// Model <-> JSON.
#pragma once

#include <nlohmann/json.hpp>

#include "model/result.hpp"
#include "report/finding_json.hpp"
#include "report/run_report.hpp"
#include "series/matrix.hpp"

namespace kproof::report {

// What results.json begins with: "run", "series", "bisect" or "config-bisect", and its times.
Json head_of(std::string_view kind, std::string_view started, std::string_view ended,
             bool interrupted);
// As text; bytes that are not UTF-8 become U+FFFD.
std::string dump(const Json& json);

Json encode(const model::Level& level);
Json encode(const model::HostFacts& host);
Json encode(const Filters& filters);
Json encode(const model::CellResult& cell);
Json encode(const series::Matrix& matrix);
// Throws nlohmann's exceptions, or std::invalid_argument for a word that is none of its enum's.
model::CellResult decode_cell(const Json& json);
model::HostFacts decode_host(const Json& json);

std::string_view to_word(model::Source source);
std::string_view to_word(model::Subtest::Result result);
std::string_view to_word(model::Accel accel);

}  // namespace kproof::report
