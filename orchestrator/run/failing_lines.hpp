// The first line of a case's output that says that something is not ok, as it comes. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kproof::run {

class FailingLines {
 public:
  // "not ok 3 - write after PROT_READ faults", at whatever depth; nothing behind the first.
  std::optional<std::string> feed(std::string_view bytes);

 private:
  std::string line_;
  bool found_ = false;
};

}  // namespace kproof::run
