// A bisection as a page.
#pragma once

#include <string>

#include "report/bisect.hpp"

namespace kproof::page {

// The answer, what was looked for, and the steps, each of which leads to the page of its own run.
// Pure.
std::string html(const report::BisectReport& report);

}  // namespace kproof::page
