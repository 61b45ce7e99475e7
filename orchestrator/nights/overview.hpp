// What the history says of the last nights, for people who look in the morning. Pure.
//
// A night is from noon to noon, UTC, and has the name of the day on which it ends: "2026-11-30". A
// cell has one square a night: of several runs or repetitions the worst.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "history/cell_history.hpp"

namespace kproof::nights {

// "2026-11-30" of "2026-11-29T21:00:00Z"; "" of what is no time.
std::string night_of(const std::string& started);

// Those of `runs` (without steps of bisections) in order: the last `most` of them.
std::vector<std::string> nights_of(const std::vector<history::RunLine>& runs, std::size_t most);

enum class Mark : std::uint8_t {
  none,  // it did not run
  pass,
  odd,  // as expected, and no pass
  host,
  unexpected,
};

struct Square {
  Mark mark = Mark::none;
  std::string verdict;    // "crash (test)"
  std::string directory;  // of the run that it is of
};

enum class Kind : std::uint8_t {
  regression,  // a symptom came, or is there more often
  fresh,       // a symptom is there in the last runs only, too few to say more
  standing,    // unexpected in each run, from the first one on
  slower,      // a time became more, and is more
  figure,      // another figure became more or less, or a time became less
  lost,        // nothing is proven, and no better host is to be blamed
  outage,      // nothing is proven, as the host was out of order
  flake,       // a symptom is there now and then, at one rate all the time
  mended,      // a symptom went, or is there less often
};
inline constexpr std::size_t kKinds = 9;
std::string_view to_string(Kind kind);  // "regression", "new", "always", "slower", ...

// One thing to tell, of one cell or of several that show the same since the same night.
struct Event {
  Kind kind = Kind::regression;
  std::vector<std::string> cells;
  std::string what;  // "finding: WARNING in f [0011...]", "stall (us)"
  // What else these cells show in the same runs: "not ok: write after PROT_READ faults".
  std::vector<std::string> with = {};
  std::string how;                    // "0 of 34 -> 23 of 23", "1000 -> 1300 (+30.0 %)"; or ""
  std::string since;                  // a night
  std::string least, most;            // the nights between which it began, with 99 %; ""
  std::string until;                  // the last night that shows it
  std::string kernel_before, kernel;  // in front of `since`, and then; one where they are equal
  std::string directory;              // of the last run that shows it
  // The words of the command that runs the first cell again; none of a series or bisection, whose
  // kernels are not their plan's.
  std::vector<std::string> again;
};

struct Row {
  history::CellHistory past;
  std::vector<Square> squares;  // as many as there are nights
  std::vector<Event> events;
  // Of the last night: not as the plan says, and not by what is known to be a flake.
  bool is_real = false;
  bool is_host = false;  // of the last night: a fault of the host
};

struct Overview {
  std::vector<std::string> nights;
  std::vector<Row> rows;      // of cells that ran in one of these nights, by name
  std::vector<Event> events;  // worst kind first, and the newest of each
};

// One cell of the history. Its events: changes that are still there, and else those within
// `nights`.
Row row_of(const std::string& cell, const std::vector<history::Observation>& observations,
           const std::vector<std::string>& nights, const history::Question& question);

Overview overview_of(std::vector<std::string> nights, std::vector<Row> rows);

// A time that became more in one of the last so many nights is real: no plan can expect it, so that
// it must not count for ever.
inline constexpr std::size_t kNews = 14;

// What the nights end with.
struct Ending {
  std::vector<std::string> real;  // cells whose last night is unexpected, and no flake
  std::vector<std::string> slower;
  bool host = false;  // a cell's last night is a fault of the host
};
Ending ending_of(const Overview& overview);
// "Last night: 1 cell is unexpected and real."
std::string sentence_of(const Ending& ending);

// "1 regression, 1 slower"; "Nothing changed" of none.
std::string totals_of(const std::vector<Event>& events);

// All of the store's: `cells`, or all that it has where there are none.
Overview read(const history::Store& store, const std::vector<std::string>& cells,
              history::Question question, std::size_t most_nights);

}  // namespace kproof::nights
