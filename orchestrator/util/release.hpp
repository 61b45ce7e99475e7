// Versions of kernels as people and distributions write them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kproof::util {

// "6.12.17-amd64" -> {6, 12, 17}; what follows the first part that is no number does not count.
// A distribution's "6.1.0-56-amd64", "5.14.0-362.8.1.el9_3.x86_64" or "6.4.0-150600.21-default" is
// {6, 1}, {5, 14} or {6, 4}: its zero and what follows number the package, and which stable release
// it is cannot be seen.
std::vector<unsigned> release_numbers(std::string_view release);

// The upstream release of a kernel, by what stands behind "Linux version " in its banner: where a
// distribution's release does not say it, the end of the banner does: "Debian 6.1.192-2" (package
// version), "Ubuntu 6.8.0-45.45-generic 6.8.12" (linux_banner of their packages).
std::string upstream_release(std::string_view banner);

}  // namespace kproof::util
