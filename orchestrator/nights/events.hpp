// What of a cell's history is to be told. Internal to nights/.
#pragma once

#include "nights/overview.hpp"

namespace kproof::nights {

// `last`: the cells of its last night. Changes that are over by `first`, a night, are left out.
std::vector<Event> events_of(const history::CellHistory& past,
                             const std::vector<const history::Observation*>& last,
                             const std::string& first);

// Is something unexpected in it that is no flake?
bool is_real(const history::CellHistory& past,
             const std::vector<const history::Observation*>& last);

}  // namespace kproof::nights
