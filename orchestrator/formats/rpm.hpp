// RPM packages, read by libarchive: a lead, two headers, and a compressed cpio archive.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace kproof::formats {

bool is_rpm(std::string_view head);

// Its name, version, release and architecture, as its lead has them: "kernel-core-6.12.5-200.fc41";
// "" where the head is cut short or no package's.
std::string rpm_name(std::string_view head);

// Lays its files, directories and links below `directory`, which is there, with the rights of a
// reader: no owner, no special mode, no device, and nothing outside. The error is libarchive's.
tl::expected<void, std::string> unpack_rpm(const std::filesystem::path& file,
                                           const std::filesystem::path& directory);

}  // namespace kproof::formats
