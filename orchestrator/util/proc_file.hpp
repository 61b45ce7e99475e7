// Files of /proc, whose processes may end at any moment. A header alone, for programs that link
// nothing (sweep/guard, the guests' agent).
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace kproof::util {

// What can be had of it: "" for a process that is gone, that ends meanwhile (ESRCH), or whose file
// is not for us (EPERM). operator<< stops there; an istreambuf_iterator would throw.
inline std::string read_proc_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace kproof::util
