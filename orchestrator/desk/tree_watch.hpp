// Who writes to a source tree: inotify, over all directories of it that may hold sources.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "util/fd.hpp"

namespace kproof::desk {

class TreeWatch {
 public:
  // HostError where the kernel allows fewer watches than there are directories: it names the
  // sysctl.
  explicit TreeWatch(std::filesystem::path root);

  int fd() const { return events_.get(); }  // readable when something was written
  // What was written since, sources only, paths below the root; "" where so much came that the
  // kernel lost count. Never waits. A new directory is watched from now on, and counts.
  std::vector<std::string> read();
  std::size_t directories() const { return names_.size(); }

 private:
  void add(const std::filesystem::path& directory, std::vector<std::string>* found);
  bool add_one(const std::string& directory);

  const std::filesystem::path root_;
  util::Fd events_;
  std::map<int, std::string> names_;  // of directories below the root, by watch
};

}  // namespace kproof::desk
