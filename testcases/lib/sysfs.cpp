#include "lib/sysfs.hpp"

#include <cerrno>

namespace kproof::lib::sysfs {

void write(const std::string& path, std::string_view value, safe::Place place) {
  const int error = sysfs::try_write(path, value);
  if (error == 0) return;
  const std::string call = "write \"" + std::string(value) + "\" to " + path;
  errno = error;
  safe::check(-1, call.c_str(), place);
}

void Settings::set(const std::string& path, std::string_view value) {
  before_.emplace_back(path, read(path));
  write(path, value);
}

Settings::~Settings() {
  for (auto it = before_.rbegin(); it != before_.rend(); ++it)
    sysfs::try_write(it->first, it->second);
}

}  // namespace kproof::lib::sysfs
