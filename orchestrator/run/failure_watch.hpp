// What of a running cell says that something is wrong, or that its case is over: by that the memory
// is kept and a trace is stopped. Quick and pure; the verdict is made of whole logs (observe.hpp).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "agent/failure.hpp"
#include "agent/frame.hpp"

namespace kproof::run {

enum class Sign { finding, not_ok, ended, hang };

struct Seen {
  Sign sign = Sign::finding;
  int level = 1;
  std::string what;     // for people: "not ok 2 - write after PROT_READ faults"
  bool failed = true;   // of `ended`: not with 0
  bool panics = false;  // of `finding`: the kernel is about to panic, and prints still
};

// Each sign of each level is told once.
class FailureWatch {
 public:
  // `ends`: at which index the cell's own case runs.
  FailureWatch(std::size_t levels, std::size_t ends) : levels_(levels), ends_(ends) {}

  void take(std::size_t index, const agent::Frame& frame);
  // `reports`: that the console has begun so far; `console`: what it ends with.
  void see(std::size_t index, std::size_t reports, std::string_view console);
  void see_hang(std::size_t index);

  std::vector<Seen> take_signs();

 private:
  struct Level {
    agent::FirstFailure failure;
    bool reported = false, hung = false;
  };
  void tell(std::size_t index, Sign sign, std::string what, bool failed = true,
            bool panics = false);

  std::vector<Level> levels_;
  std::size_t ends_;
  std::vector<Seen> signs_;
};

// Text of a report of which a kernel with panic_on_warn and oops=panic may die. Pure.
bool will_panic(std::string_view console);
// It has said all that it will. Pure.
bool has_panicked(std::string_view console);

}  // namespace kproof::run
