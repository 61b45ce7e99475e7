// Stories for people, and for machines.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "history/cell_history.hpp"

namespace kproof::history {

// Printable, whatever a guest said.
std::string render(const CellHistory& past);
std::string render(const std::vector<RunLine>& runs);

// The words that all texts of a history use: "23 of 60 (38 %)", "1002 -> 1301 (+30.0 %)",
// "finding: WARNING in f [0011...]".
std::string rate(const stats::Tally& tally);
std::string step(const stats::LevelChange& change);
std::string name_of(const Symptom& symptom);

// {"cell", "runs": [{"run", "started", "kernel", "directory"}], "proven", "bad", "symptoms": [...],
// "outages": [...], "metrics": [...]}; places are indices into "runs".
nlohmann::json to_json(const CellHistory& past);
nlohmann::json to_json(const std::vector<RunLine>& runs);

}  // namespace kproof::history
