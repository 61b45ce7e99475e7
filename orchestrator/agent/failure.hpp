// The first failure that a case prints, for the agent and the host alike: there a trace stops, and
// the memory is kept. The verdict is made of the whole report (ktap/).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kproof::agent {

// "not ok 2 - name", at any depth, without a directive that excuses it. Pure.
bool is_failure(std::string_view ktap_line);

class FirstFailure {
 public:
  // What the case prints next; the line that fails, once.
  std::optional<std::string> hear(std::string_view output);

 private:
  std::string line_;  // unfinished
  bool heard_ = false;
};

}  // namespace kproof::agent
