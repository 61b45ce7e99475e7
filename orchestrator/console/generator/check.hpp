// Holds what an analyser found against what a log promises.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "console/generator/log.hpp"

namespace kproof::console::generator {

// What a finding is to the one who reads it.
struct Found {
  std::string title, frame;
  std::size_t line = 0;  // where it begins
  std::size_t count = 1;
  bool incomplete = false;
};
struct Verdict {
  std::vector<Found> findings;  // by line
  bool oopsed = false, panicked = false;
};
using Analyse = std::function<Verdict(const std::string& text)>;

// The first promise that does not hold, "kind: what was and what was promised"; "" if all do.
std::string broken_promise(const Log& log, const Rendered& rendered, const Verdict& verdict);

// The smallest log that still breaks the promise, by leaving out pieces, lines and prefixes.
Log shrink(Log log, const Analyse& analyse);

}  // namespace kproof::console::generator
