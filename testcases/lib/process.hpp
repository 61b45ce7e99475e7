// Forked children that report by their exit code.
#pragma once

#include <functional>

namespace kproof::lib {

// Forks, runs `body` in the child, and waits. True if the body returned true. A child that dies of
// a signal is false, with a diagnostic; one that bails out makes the parent bail out. The child
// shares stdout, so diagnostics it prints belong to the subtest at hand.
bool in_child(const std::function<bool()>& body);

}  // namespace kproof::lib
