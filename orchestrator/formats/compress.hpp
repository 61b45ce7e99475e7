// The other way round: bytes made smaller, for readers that are not ours.
#pragma once

#include <string>
#include <string_view>

namespace kproof::formats {

// One gzip stream, the same for the same bytes: without a time or a name.
std::string gzip(std::string_view plain);

}  // namespace kproof::formats
