#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bisect/steps.hpp"

namespace kproof::bisect {
using compare::Says;
using compare::Sign;
using model::CellResult;
using Cells = std::vector<CellResult>;

static bool is_of(const Symptom& symptom, const CellResult& cell) {
  return cell.topology == symptom.topology && cell.test == symptom.test;
}

static Sign verdict_of(const CellResult& cell) {
  return {Sign::Kind::verdict, std::string(to_string(cell.judgement.verdict)), ""};
}

// Of a cell that is not as the plan expects: what is wrong with it, and its verdict.
static std::set<Sign> signs_of(const CellResult& cell) {
  std::set<Sign> signs{verdict_of(cell)};
  for (const Sign& sign : compare::proven(cell).signs)
    if (sign.kind == Sign::Kind::finding || sign.kind == Sign::Kind::failed) signs.insert(sign);
  return signs;
}

// A second WARN of a function is there where two places are, whatever their lines.
static bool shows(const CellResult& cell, const Sign& sign) {
  std::set<std::string> places;
  bool any = false;
  for (const Sign& other : signs_of(cell)) {
    if (!alike(sign, other)) continue;
    any = true;
    if (!other.place.empty()) places.insert(other.place);
  }
  return any && std::max<std::size_t>(places.size(), 1) >= sign.nth;
}

static bool differs(const CellResult& cell) {
  return !cell.judgement.expected && compare::proven(cell).says != Says::nothing;
}

static bool has(const CellResult& cell, const Symptom& symptom) {
  return is_of(symptom, cell) && differs(cell) &&
         std::ranges::any_of(symptom.signs, [&](const Sign& sign) { return shows(cell, sign); });
}

static Symptom symptom_of(const CellResult& like, const Cells& bad, const Cells& good) {
  Symptom symptom{.topology = like.topology, .test = like.test};
  for (const CellResult& cell : bad)
    if (is_of(symptom, cell) && differs(cell))
      symptom.signs.merge(compare::numbered(signs_of(cell)));
  std::erase_if(symptom.signs, [&](const Sign& sign) {
    return sign.kind != Sign::Kind::verdict && std::ranges::any_of(good, [&](const auto& cell) {
             return is_of(symptom, cell) && shows(cell, sign);
           });
  });
  // A verdict is the weakest of signs: anything may fail.
  if (std::ranges::any_of(symptom.signs,
                          [](const Sign& sign) { return sign.kind != Sign::Kind::verdict; }))
    std::erase_if(symptom.signs, [](const Sign& sign) { return sign.kind == Sign::Kind::verdict; });
  for (const CellResult& cell : bad) {
    symptom.repetitions += is_of(symptom, cell);
    symptom.seen += has(cell, symptom);
  }
  return symptom;
}

Signature signature_of(const Cells& bad, const Cells& good) {
  Signature signature;
  for (const CellResult& cell : bad) {
    const bool known = std::ranges::any_of(
        signature, [&](const Symptom& symptom) { return is_of(symptom, cell); });
    if (differs(cell) && !known) signature.push_back(symptom_of(cell, bad, good));
  }
  return signature;
}

std::vector<std::string> describe(const Signature& signature) {
  std::vector<std::string> lines;
  for (const Symptom& symptom : signature) {
    std::vector<std::string> signs;
    for (const Sign& sign : symptom.signs)
      signs.push_back(to_string(sign));
    std::string line =
        fmt::format("{} {}: {}", symptom.test, symptom.topology, fmt::join(signs, ", "));
    if (symptom.seen < symptom.repetitions)
      line += fmt::format("; in {} of {} repetitions, so that a revision may look good by chance",
                          symptom.seen, symptom.repetitions);
    lines.push_back(std::move(line));
  }
  return lines;
}

static std::string told(const CellResult& cell) {
  return fmt::format("{}: {}: {}", cell.test, compare::proven(cell).verdict, cell.judgement.reason);
}

// Of the cases of one symptom.
static Seen seen_of(const Symptom& symptom, const Cells& cells) {
  std::size_t all = 0, showing = 0;
  const CellResult *first = nullptr, *open = nullptr;
  for (const CellResult& cell : cells) {
    if (!is_of(symptom, cell)) continue;
    ++all;
    showing += has(cell, symptom);
    if (!first && has(cell, symptom)) first = &cell;
    const bool proves = cell.judgement.expected && compare::proven(cell).says != Says::nothing;
    if (!open && !proves) open = &cell;
  }
  if (first)
    return {.outcome = Outcome::bad,
            .reason =
                told(*first) +
                (showing == all ? "" : fmt::format(" (flaky: {} of {} repetitions)", showing, all)),
            .showing = showing,
            .repetitions = all};
  if (open && differs(*open))
    return {Outcome::skipped, "fails otherwise than --bad: " + told(*open)};
  if (open) return {Outcome::skipped, told(*open)};
  if (all == 0) return {Outcome::skipped, symptom.test + " did not run"};
  return {Outcome::good, ""};
}

static std::string told_of_others(const Cells& cells, const Signature& signature) {
  for (const CellResult& cell : cells) {
    const bool ours = std::ranges::any_of(
        signature, [&](const Symptom& symptom) { return is_of(symptom, cell); });
    if (!ours && !cell.judgement.expected) return fmt::format("; not looked for: {}", told(cell));
  }
  return "";
}

Seen seen_in(const Cells& cells, const Signature& signature) {
  Seen open{Outcome::good, ""};
  for (const Symptom& symptom : signature) {
    Seen seen = seen_of(symptom, cells);
    if (seen.outcome == Outcome::bad) return seen;
    if (seen.outcome == Outcome::skipped && open.outcome == Outcome::good) open = std::move(seen);
  }
  if (open.outcome == Outcome::skipped) return open;
  Cells decided;
  for (const CellResult& cell : cells)
    if (std::ranges::any_of(signature, [&](const auto& s) { return is_of(s, cell); }))
      decided.push_back(cell);
  return {Outcome::good, seen_in(decided).reason + told_of_others(cells, signature)};
}

}  // namespace kproof::bisect
