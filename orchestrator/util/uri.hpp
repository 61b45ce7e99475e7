// Addresses of files.
#pragma once

#include <string>
#include <string_view>

namespace kproof::util {

// A path as a relative reference (RFC 3986): all but unreserved characters and slashes is escaped.
std::string uri_of_path(std::string_view path);

}  // namespace kproof::util
