// What became of one cell through all runs. Pure.
//
// A position is a run in which the cell proved something, with all its repetitions and attempts. A
// cell that proved nothing (skip, miss, broken, a failure that is the test's or the host's) counts
// for no rate: it is told as an outage of evidence. The rest is told by symptom, not by verdict: by
// findings (by fingerprint) and failed subtests, and by the verdict where a bad cell has neither. A
// symptom counts as absent only in a cell that could have shown it: a finding in one that ran to
// its end, a failed subtest in one that reached it.
//
// Whether a symptom's rate changed, stats/rate_changes.hpp says, and whether a figure did,
// stats/level_changes.hpp: of the median of each run, of runs in the setting of the last one (host,
// accelerator, arguments, machine), as others are not comparable.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "history/store.hpp"
#include "stats/level_changes.hpp"
#include "stats/rate_changes.hpp"

namespace kproof::history {

struct Moment {
  std::int64_t run = 0;
  std::string started, kernel,
      directory;  // kernel: what it was made of, "linux-image-... 6.1.192-2"
};

// What a symptom is now.
enum class State : std::uint8_t {
  introduced,  // it was never there, and then it was
  fixed,       // it was there, and since then it never was
  more_often,  // its rate rose
  less_often,  // its rate fell
  always,      // in each run that could show it, from the first one on
  flaky,       // now and then, at one rate all the time
  fresh,       // in the last runs only, and too few to say more
};
std::string_view to_string(State state);
// It is there, and was not, or not so often, before.
bool is_regression(State state);

struct Symptom {
  compare::Sign sign;
  State state = State::flaky;
  bool known = false;                      // accepted, when it was seen last
  stats::Tally all;                        // cells that showed it, of those that could
  std::size_t first = 0, last = 0;         // seen; moments
  std::vector<stats::RateChange> changes;  // positions are moments
};

struct Outage {
  std::size_t from = 0, to = 0;  // moments, inclusive
  std::string verdict, reason;   // of the first
  // `expected`: the plan says so of all of it; `unexpected`: of some of it no better host is to be
  // blamed.
  compare::Standing standing = compare::Standing::expected;
};

struct Level {
  std::size_t moment = 0;
  double median = 0;  // of the run's figures
};

struct Trace {
  std::string metric, unit;
  double least_change = model::kLeastChange;
  std::size_t figures = 0;                        // runs that have one
  std::size_t other_setting = 0, other_unit = 0;  // runs that are left out
  double median = 0;                              // of all, or since the last change
  std::vector<stats::LevelChange> changes;        // positions are moments
  std::vector<Level> levels;                      // in order, of runs that are not left out
};

struct CellHistory {
  std::string cell;
  std::vector<Moment> moments;      // all runs that have the cell, in their order
  std::size_t proven = 0, bad = 0;  // cells that say something, and of these the bad ones
  std::vector<Symptom> symptoms;    // worst first
  std::vector<Outage> outages;
  std::vector<Trace> traces;  // by metric
};

struct Question {
  std::string finding,
      metric;  // only what matches: a fingerprint or title; a name or glob; "": all
  std::map<std::string, double> least_changes;
  std::size_t series = 1;  // figures' histories that are searched for one answer
};

// `observations` are in the order of runs.
CellHistory history_of(const std::string& cell, const std::vector<Observation>& observations,
                       const Question& question);

}  // namespace kproof::history
