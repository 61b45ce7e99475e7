// The verdict on one subtest while it runs: ok until an expectation fails; a failure says why.
#pragma once

#include <string>

#include "lib/ktap.hpp"

namespace kproof::lib {

class Check {
 public:
  // Counts a failure and prints the text as a diagnostic when `condition` is false. After
  // kMostPrinted failures the rest are only counted. Returns `condition`.
  bool that(bool condition, const char* format, ...) KPROOF_PRINTF(3, 4);
  // This subtest does not apply here, for a reason that is a fact.
  void skip(std::string reason) { skip_reason_ = std::move(reason); }

  bool ok() const { return failures_ == 0; }
  unsigned failures() const { return failures_; }
  const std::string& skip_reason() const { return skip_reason_; }

  static constexpr unsigned kMostPrinted = 8;

 private:
  unsigned failures_ = 0;
  std::string skip_reason_;
};

}  // namespace kproof::lib
