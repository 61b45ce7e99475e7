// What `git apply` says of a patch that does not apply.
#pragma once

#include <string>
#include <string_view>

namespace kproof::patch {

// Its messages with the hunk found in the diff: "mm/mprotect.c: hunk 2 of 3, `@@ -480,7 +480,8 @@
// change_protection`, does not match", one line for each file. Its own text where that says more.
std::string explain_refusal(std::string_view said, std::string_view diff);

}  // namespace kproof::patch
