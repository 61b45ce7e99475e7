// makedumpfile's flattened format, which QEMU writes kdump-compressed cores in: pieces of a file in
// the order in which they came, for outputs that cannot seek. crash sorts them each time that it
// opens one.
#pragma once

#include <filesystem>
#include <string>

namespace kproof::formats {

// Puts the pieces where they belong: `file` becomes what is in it. One that is not flattened stays
// as it is. "" or what is wrong with it; then it stays, too.
std::string unflatten(const std::filesystem::path& file);

}  // namespace kproof::formats
