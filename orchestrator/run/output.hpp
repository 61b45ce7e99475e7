// A file that grows while a guest runs.
#pragma once

#include <filesystem>
#include <string_view>

#include "util/fd.hpp"

namespace kproof::run {

// Appends up to `limit` bytes and counts the rest. A full disk is a HostError.
class OutputFile {
 public:
  OutputFile(const std::filesystem::path& path, std::size_t limit);
  void append(std::string_view bytes);
  std::size_t dropped() const { return dropped_; }
  std::size_t size() const { return size_; }  // of the file

 private:
  std::filesystem::path path_;
  util::Fd fd_;
  std::size_t room_;
  std::size_t dropped_ = 0, size_ = 0;
};

}  // namespace kproof::run
