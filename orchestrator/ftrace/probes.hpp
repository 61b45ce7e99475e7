// Which functions a finding's call trace names, to be probed when its cell runs again. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kproof::ftrace {

// In the order of the trace, the innermost first; each once. Left out are what may never have been
// called ("? f+0x1/0x2") and what is of no use at an entry: what prints the report, and the way
// from user space into the kernel, which all calls go.
std::vector<std::string> functions_to_probe(std::string_view excerpt, std::size_t most);

}  // namespace kproof::ftrace
