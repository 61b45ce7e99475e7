// The figures in a cell's history. Internal to history/.
#pragma once

#include "history/symptoms.hpp"

namespace kproof::history {

std::vector<Trace> traces_of(const Moments& moments, const Question& question);

}  // namespace kproof::history
