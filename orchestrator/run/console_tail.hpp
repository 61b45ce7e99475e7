// The console of a running guest.
#pragma once

#include <filesystem>
#include <string>

#include "console/analyzer.hpp"
#include "run/session.hpp"
#include "util/fd.hpp"

namespace kproof::run {

// Reads the console's file as it grows, for what the kernel says of its own end. Findings are made
// later, of the whole file (observe.hpp).
class ConsoleTail {
 public:
  explicit ConsoleTail(std::filesystem::path path);
  // What was seen up to now; the file need not exist yet.
  ConsoleSaw look();

 private:
  std::filesystem::path path_;
  util::Fd fd_;
  console::Analyzer analyzer_;
  std::string buffer_;
  std::size_t bytes_ = 0;
};

}  // namespace kproof::run
