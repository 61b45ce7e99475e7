// Stories for people, and for machines.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "history/story.hpp"

namespace kproof::history {

// Printable, whatever a guest said.
std::string render(const Story& story);
std::string render(const std::vector<RunLine>& runs);

// {"cell", "runs": [{"run", "started", "kernel", "directory"}], "proven", "bad", "symptoms": [...],
// "outages": [...], "metrics": [...]}; places are indices into "runs".
nlohmann::json to_json(const Story& story);
nlohmann::json to_json(const std::vector<RunLine>& runs);

}  // namespace kproof::history
