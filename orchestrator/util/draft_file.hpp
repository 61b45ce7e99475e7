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
  // Makes the draft beside `final_name`, with a name that no other process has, wherever it runs.
  // Permissions as the umask has them.
  explicit DraftFile(std::filesystem::path final_name);
  DraftFile(const DraftFile&) = delete;
  ~DraftFile();
  void allow_all_to_read();  // whatever the umask is
  void write(std::string_view bytes);
  void append(const std::filesystem::path& file);  // its whole content, by the kernel
  void commit();
  // The draft itself with all that was written, as long as this lives and is not committed.
  const std::filesystem::path& as_it_is();

 private:
  void flush();

  std::filesystem::path final_name_, draft_;
  Fd fd_;
  std::string buffer_;
};

// By its name: a draft, of a process that was killed if none writes here.
bool is_draft(const std::filesystem::path& path);

}  // namespace kproof::util
