// The small files of /sys and /proc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kproof::machine::sysfs {

// The content without its last newline; "" when it cannot be read.
std::string read(const std::string& path);
// The content as a number in C notation; 0 when it is none.
unsigned long long read_number(const std::string& path);
// errno, or 0.
int try_write(const std::string& path, std::string_view value);
bool exists(const std::string& path);
// The entries of a directory, sorted, without dot files; empty when there is none.
std::vector<std::string> list(const std::string& directory);
// The last component of where a symlink points; "" if it is none: the `driver` of a device.
std::string link_name(const std::string& path);

}  // namespace kproof::machine::sysfs
