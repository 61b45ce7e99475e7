// A file that appears whole or not at all, written piece by piece.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "util/fd.hpp"

namespace kproof::util {

// A reader of the final name, or a run resumed after kill -9, sees what was there before or all of
// the new content, and never half of it. Failures are HostError with the path and errno's text.
// Not committed, it leaves nothing.
class DraftFile {
 public:
  // `draft` lies in the file system of the final name. Permissions as the umask has them.
  explicit DraftFile(std::filesystem::path draft);
  DraftFile(const DraftFile&) = delete;
  ~DraftFile();
  void allow_all_to_read();  // whatever the umask is
  void write(std::string_view bytes);
  void append(const std::filesystem::path& file);  // its whole content, by the kernel
  void commit(const std::filesystem::path& final_name);

 private:
  void flush();

  std::filesystem::path draft_;
  Fd fd_;
  std::string buffer_;
};

}  // namespace kproof::util
