// The small files of /sys and /proc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/safe.hpp"

namespace kproof::lib::sysfs {

// The content without its last newline; "" when it cannot be read.
std::string read(const std::string& path);
// The content as a number in C notation; 0 when it is none.
unsigned long long read_number(const std::string& path);
// Bails out with the path, the value and errno.
void write(const std::string& path, std::string_view value,
           safe::Place place = safe::Place::current());
// errno, or 0.
int try_write(const std::string& path, std::string_view value);
bool exists(const std::string& path);
// The entries of a directory, sorted, without dot files; empty when there is none.
std::vector<std::string> list(const std::string& directory);
// The last component of where a symlink points; "" if it is none: the `driver` of a device.
std::string link_name(const std::string& path);

}  // namespace kproof::lib::sysfs
