#include "model/finding.hpp"

namespace kproof::model {

bool is_stall(const Finding& finding) {
  return !finding.culprit.reason.empty() || finding.type == "HANG";
}

bool is_same(const Finding& a, const Finding& b) {
  const bool torn = a.place.empty() || b.place.empty();
  return a.fingerprint == b.fingerprint && a.title == b.title && (torn || a.place == b.place);
}

}  // namespace kproof::model
