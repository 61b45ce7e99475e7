// Forked children that report by their exit code.
#pragma once

#include <functional>

namespace kproof::lib {

// Forks, runs `body` in the child, and waits. True if the body returned true. A child that dies of
// a signal is false, with a diagnostic; one that bails out makes the parent bail out. The child
// shares stdout, so diagnostics it prints belong to the subtest at hand.
bool in_child(const std::function<bool()>& body);

// The same in turns: the child runs `before`, then the parent `meanwhile`, then the child `after`.
// True if both of the child returned true.
bool in_child_around(const std::function<bool()>& before, const std::function<void()>& meanwhile,
                     const std::function<bool()>& after);
// Without `before`: the child sees what became of memory that both had when they parted.
inline bool in_child_after(const std::function<void()>& meanwhile,
                           const std::function<bool()>& body) {
  return in_child_around([] { return true; }, meanwhile, body);
}

// The same for what may never end: a child that has not ended after `seconds` is killed. That is
// false, with a diagnostic of what it did meanwhile: whether it ran in the kernel or slept there.
// Who cannot be killed either is waited for all the same, and the case's deadline is what ends it.
bool in_child_within(double seconds, const std::function<bool()>& body);

}  // namespace kproof::lib
