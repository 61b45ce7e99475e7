// Which cells may run at the same time. Pure; whoever runs cells asks again whenever one ends.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "resources/room.hpp"

namespace kproof::resources {

struct Waiting {
  Needs needs;
  unsigned round = 0;      // of repetitions; rounds come in order, and quiet ones last in theirs
  unsigned overtaken = 0;  // by how many cells that stood behind it
};

struct Bounds {
  unsigned jobs = std::numeric_limits<unsigned>::max();  // cells at once, at most
  unsigned overtaken = 0;                                // how often one may be, at most
};

// Which of `waiting` may start now, in order; whoever starts them counts `overtaken`.
//
// A cell starts while memory, huge pages and room for its NVDIMM last, and while some core is
// claimed by no vCPU. For cells of v vCPUs that allows max(1, cores / v rounded up) at once: vCPUs
// are claimed in full, since a starved one is a soft lockup that nobody wrote; rounding up keeps
// the last core busy. One of more vCPUs than there are cores starts when nothing else runs.
//
// One that does not fit is overtaken by those behind it that do, but
// - by `bounds.overtaken` of them at most: then nothing starts before it has, so that a large one
//   is not starved. With the host's cores as that bound a host is filled once more meanwhile;
// - by none of a later round of repetitions: a drift of the host falls on a round as a whole;
// - if it is quiet, by none: it waits for an idle host, and each other start would put that off.
// A quiet one starts when nothing runs, and nothing starts beside it.
std::vector<std::size_t> startable(std::span<const Needs> running, std::span<const Waiting> waiting,
                                   Room room, const Bounds& bounds);

// The most bytes of NVDIMMs that cells can have at the same time on a host that is theirs: an upper
// bound, by cores and jobs, by memory, and by which of them are quiet.
std::uint64_t most_shared(std::span<const Needs> cells, const Room& whole, unsigned jobs);

}  // namespace kproof::resources
