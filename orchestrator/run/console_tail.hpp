// The console of a running guest.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "console/analyzer.hpp"
#include "run/session.hpp"
#include "util/fd.hpp"

namespace kproof::run {

// Reads the console's file as it grows, for what the kernel says of its own end. Findings are made
// later, of the whole file (observe.hpp).
class ConsoleTail {
 public:
  // `nonce`: of the canaries.
  ConsoleTail(std::filesystem::path path, std::string nonce);
  using Listener = std::function<void(std::string_view)>;
  // What was seen up to now; the file need not exist yet. `listener` gets what is new.
  ConsoleSaw look(const Listener& listener = {});
  std::size_t bytes() const { return bytes_; }
  const std::string& end() const { return end_; }  // the last 1024 bytes
  // Reports that the kernel has begun so far, and what the last new one is, as far as it is there.
  std::size_t reports() const { return analyzer_.facts().started; }
  std::string last_report() const;
  // The last line with something in it, cut to 200 bytes.
  std::string last_line() const;

 private:
  std::filesystem::path path_;
  util::Fd fd_;
  console::Analyzer analyzer_;
  std::string buffer_;
  std::string unreadable_;
  std::string end_;  // the last bytes of what was read
  std::size_t bytes_ = 0;
};

}  // namespace kproof::run
