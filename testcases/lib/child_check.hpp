// Children with a check of their own. Their diagnostics belong to the subtest at hand.
#pragma once

#include <functional>

#include "lib/check.hpp"

namespace kproof::lib {

// For the functions of process.hpp: whether all that `body` expected held.
std::function<bool()> checked(std::function<void(Check&)> body);

// Runs `body` in a child. What failed there fails `check`, which says that it was `who`.
void check_in_child(Check& check, const std::function<void(Check&)>& body,
                    const char* who = "the child");

// The same of a child that counts: what `body` returned, -1 where it did not get so far.
long count_in_child(Check& check, const std::function<long(Check&)>& body,
                    const char* who = "the child");

}  // namespace kproof::lib
