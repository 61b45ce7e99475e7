// The small files of /sys and /proc.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/safe.hpp"
#include "machine/sysfs.hpp"

namespace kproof::lib::sysfs {

using namespace machine::sysfs;

// Bails out with the path, the value and errno.
void write(const std::string& path, std::string_view value,
           safe::Place place = safe::Place::current());

// Values that are as before again when this is destroyed, the last one first.
class Settings {
 public:
  Settings() = default;
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;
  ~Settings();

  void set(const std::string& path, std::string_view value);  // bails out where it is refused

 private:
  std::vector<std::pair<std::string, std::string>> before_;
};

}  // namespace kproof::lib::sysfs
