// The symptoms in a cell's history. Internal to history/.
#pragma once

#include "history/cell_history.hpp"

namespace kproof::history {

// The cells of each run.
using Moments = std::vector<std::vector<const Observation*>>;

bool proves(const Observation* one);

// `finding`: a fingerprint, a title or a glob of titles; "": all that there are.
std::vector<Symptom> symptoms_of(const Moments& moments, const std::string& finding);

}  // namespace kproof::history
