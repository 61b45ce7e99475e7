#include "bisect/flaky.hpp"

#include <cmath>

#include <fmt/format.h>

namespace kproof::bisect {
using Kind = Ends::Kind;

std::size_t runs_to_clear(std::size_t showing, std::size_t repetitions) {
  if (showing >= repetitions) return 1;
  const double clean = 1 - static_cast<double>(showing) / static_cast<double>(repetitions);
  return static_cast<std::size_t>(std::ceil(std::log(0.01) / std::log(clean)));
}

static Ends of_bad(const std::vector<model::CellResult>& bad) {
  const Seen seen = seen_in(bad);
  if (seen.outcome == Outcome::good) return {Kind::alike, "--bad does not fail: " + seen.reason};
  return {Kind::unclear, "--bad proves nothing: " + seen.reason};
}

static Ends too_rare(const Signature& signature) {
  for (const Symptom& symptom : signature)
    if (runs_to_clear(symptom.seen, symptom.repetitions) > kMostRuns)
      return {Kind::flaky, fmt::format("--bad shows it in {} of {} repetitions only", symptom.seen,
                                       symptom.repetitions)};
  return {};
}

Ends compare_ends(const std::vector<model::CellResult>& good,
                  const std::vector<model::CellResult>& bad) {
  const Signature signature = signature_of(bad, good);
  if (signature.empty()) return of_bad(bad);
  const Seen seen = seen_in(good, signature);
  if (seen.outcome == Outcome::good) return too_rare(signature);
  if (seen.outcome == Outcome::skipped)
    return {Kind::unclear, "--good is not good: " + seen.reason};
  const bool always = seen.showing == seen.repetitions;
  return {always ? Kind::alike : Kind::flaky, "--good shows it, too: " + seen.reason};
}

}  // namespace kproof::bisect
