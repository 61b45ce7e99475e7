// What a worker may do with a cell, from the leases that there are of it.
//
// Each attempt at a cell has a lease of its own, a file with the attempt's number in its name, so
// that a number is given to exactly one, by the file system (store.hpp), and no lease is ever
// taken from under its holder: he finds that there is a later one. What became of each attempt
// stays there to be read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lease/record.hpp"
#include "util/units.hpp"

namespace kproof::lease {

// The lease of one attempt as an observer sees it.
struct Seen {
  std::optional<Record> record;   // nothing: corrupt
  util::Millis unchanged{0};      // so long, by the observer's own clock, its bytes are the same
  std::optional<bool> runs = {};  // lease::runs() of its holder
};

enum class What : std::uint8_t {
  fresh,      // nobody has it, or no more: to be claimed as attempt `next`
  mine,       // this process has it
  held,       // another has it, and lives as far as can be told
  stale,      // its holder is gone: as fresh
  corrupt,    // its lease cannot be read, and nobody mends it: as fresh
  done,       // it has its result
  exhausted,  // as many attempts as there may be have failed: broken, with `history`
};

struct Decision {
  What what = What::fresh;
  std::size_t next = 1;                   // number of the attempt that may be claimed
  std::vector<std::string> history = {};  // of attempts that failed, a line each
  bool claimable() const {
    return what == What::fresh || what == What::stale || what == What::corrupt;
  }
};

struct Rules {
  util::Millis stale_after{60000};  // without a beat; a holder beats six times in it
  std::size_t most_failed = 3;      // infrastructure attempts of a cell
};

// `attempts`: all leases of the cell, the first attempt's first. One that was given back has not
// failed. A lease is stale when its bytes have not changed for `stale_after` of the observer's own
// monotonic time, whatever any clock says, or when its holder ran here and does no more. So is it
// corrupt: a holder that lives mends its lease with its next beat. Pure.
Decision decide(const std::vector<Seen>& attempts, const Holder& self, const Rules& rules);

}  // namespace kproof::lease
