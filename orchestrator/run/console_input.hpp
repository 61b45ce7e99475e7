// Where a hung L1's serial console can be typed into.
#pragma once

#include <filesystem>
#include <string_view>

#include "util/fd.hpp"

namespace kproof::run {

// A FIFO, removed with the object. Always open for reading too, so that nobody waits for the other
// side, and nobody gets a signal.
class ConsoleInput {
 public:
  // HostError when it cannot be made.
  explicit ConsoleInput(const std::filesystem::path& path);
  ~ConsoleInput();
  ConsoleInput(const ConsoleInput&) = delete;
  ConsoleInput& operator=(const ConsoleInput&) = delete;

  void type(std::string_view text);  // a few bytes: a FIFO holds 64 KiB that nobody has read

 private:
  std::filesystem::path path_;
  util::Fd fd_;
};

}  // namespace kproof::run
