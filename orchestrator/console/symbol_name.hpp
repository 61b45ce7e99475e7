// Names of functions as people know them.
#pragma once

#include <string>
#include <string_view>

namespace kproof::console {

// A name that rustc mangled ("_RNvNtCs..._6kernel5print9call", RFC 2603) as it is in the source
// ("kernel::print::call"), and so one of C++ or of an old rustc ("_ZN..."); any other as it is.
std::string readable_name(std::string_view symbol);

}  // namespace kproof::console
