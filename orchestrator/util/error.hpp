// The two ways a run can be impossible. What a guest does, however terrible, is a value
// (model/outcome.hpp); only a fault of the configuration or of the host is an exception.
#pragma once

#include <stdexcept>
#include <string>

namespace kproof {

// `what()` says what is wrong and where; `hint()` says what to do next (may be empty).
class Error : public std::runtime_error {
 public:
  Error(const std::string& message, std::string hint)
      : std::runtime_error(message), hint_(std::move(hint)) {}
  const std::string& hint() const noexcept { return hint_; }

 private:
  std::string hint_;
};

// The user asked for something that cannot be: a bad plan, a missing file. Exit code 2.
class ConfigError : public Error {
 public:
  explicit ConfigError(const std::string& message, std::string hint = "")
      : Error(message, std::move(hint)) {}
};

// This machine cannot do it: QEMU is missing, the disk is full. Verdict `broken`, exit code 69.
class HostError : public Error {
 public:
  explicit HostError(const std::string& message, std::string hint = "")
      : Error(message, std::move(hint)) {}
};

// The user stopped it before there was anything to keep. Exit code 130.
class Interrupted : public HostError {
 public:
  using HostError::HostError;
};

}  // namespace kproof
