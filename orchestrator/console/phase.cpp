#include "console/phase.hpp"

#include <algorithm>
#include <iterator>

namespace kproof::console {

namespace {
struct Transition {
  Phase from;
  LineKind kind;
  Step step;
};
}  // namespace

static constexpr bool kKeeps = true, kExtends = true, kDrops = false, kStays = false;

// What is not named stays in its phase, keeps the line and does not reach to it (kOtherwise).
static constexpr Transition kTable[] = {
    {Phase::doubted, LineKind::structure, {Phase::printing, kKeeps, kExtends}},
    {Phase::doubted, LineKind::frame, {Phase::printing, kKeeps, kExtends}},
    {Phase::doubted, LineKind::end, {Phase::ended, kKeeps, kExtends}},

    {Phase::printing, LineKind::structure, {Phase::printing, kKeeps, kExtends}},
    {Phase::printing, LineKind::frame, {Phase::printing, kKeeps, kExtends}},
    {Phase::printing, LineKind::end, {Phase::ended, kKeeps, kExtends}},
    {Phase::printing, LineKind::foreign, {Phase::muted, kKeeps, kStays}},
    {Phase::printing, LineKind::dying, {Phase::muted, kDrops, kExtends}},

    {Phase::muted, LineKind::words, {Phase::muted, kDrops, kStays}},
    {Phase::muted, LineKind::structure, {Phase::muted, kDrops, kExtends}},
    {Phase::muted, LineKind::frame, {Phase::muted, kDrops, kExtends}},
    {Phase::muted, LineKind::end, {Phase::over, kDrops, kExtends}},
    {Phase::muted, LineKind::foreign, {Phase::muted, kDrops, kStays}},
    {Phase::muted, LineKind::dying, {Phase::muted, kDrops, kExtends}},

    {Phase::ended, LineKind::structure, {Phase::ended, kKeeps, kExtends}},
    {Phase::ended, LineKind::frame, {Phase::ended, kKeeps, kExtends}},
    {Phase::ended, LineKind::end, {Phase::ended, kKeeps, kExtends}},
    {Phase::ended, LineKind::foreign, {Phase::over, kKeeps, kStays}},
    {Phase::ended, LineKind::dying, {Phase::over, kDrops, kExtends}},

    {Phase::over, LineKind::words, {Phase::over, kDrops, kStays}},
    {Phase::over, LineKind::structure, {Phase::over, kDrops, kExtends}},
    {Phase::over, LineKind::frame, {Phase::over, kDrops, kExtends}},
    {Phase::over, LineKind::end, {Phase::over, kDrops, kExtends}},
    {Phase::over, LineKind::foreign, {Phase::over, kDrops, kStays}},
    {Phase::over, LineKind::dying, {Phase::over, kDrops, kExtends}},

    {Phase::overtaken, LineKind::frame, {Phase::following, kKeeps, kExtends}},

    {Phase::following, LineKind::frame, {Phase::following, kKeeps, kExtends}},
    {Phase::following, LineKind::words, {Phase::spent, kDrops, kStays}},
    {Phase::following, LineKind::foreign, {Phase::spent, kDrops, kStays}},
};

Step step(Phase phase, LineKind kind) {
  const Step kOtherwise{phase, phase == Phase::spent ? kDrops : kKeeps, kStays};
  const Transition* row = std::ranges::find_if(
      kTable, [&](const Transition& entry) { return entry.from == phase && entry.kind == kind; });
  return row == std::end(kTable) ? kOtherwise : row->step;
}

// One that has ended waits for nothing.
Phase behind_header_of_another(Phase phase) {
  return phase == Phase::printing || phase == Phase::doubted ? Phase::overtaken : Phase::spent;
}

bool admits(Phase phase, Joining joining) {
  switch (phase) {
    case Phase::doubted:
    case Phase::printing:
    case Phase::muted:
      return joining != Joining::none;
    case Phase::ended:
    case Phase::over:
      return joining == Joining::across;
    case Phase::overtaken:
    case Phase::following:
    case Phase::spent:
      return false;
  }
  return false;
}

}  // namespace kproof::console
