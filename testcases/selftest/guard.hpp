#pragma once

namespace kproof::selftest {

// Bails out unless in a throw-away guest: what follows would take a real machine down.
void only_in_a_throwaway_guest();

}  // namespace kproof::selftest
