// A file that appears whole or not at all, written piece by piece.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "util/fd.hpp"

namespace kproof::image {

// Failures are HostError with the path and errno's text. Not committed, it leaves nothing.
class DraftFile {
 public:
  explicit DraftFile(std::filesystem::path draft);
  DraftFile(const DraftFile&) = delete;
  ~DraftFile();
  void write(std::string_view bytes);
  void append(const std::filesystem::path& file);  // its whole content, by the kernel
  void commit(const std::filesystem::path& final_name);
  std::uint64_t size() const { return size_; }

 private:
  void flush();

  std::filesystem::path draft_;
  util::Fd fd_;
  std::string buffer_;
  std::uint64_t size_ = 0;
};

}  // namespace kproof::image
