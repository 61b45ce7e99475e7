// The frame of a test program: --describe and options, the plan, numbered subtests, evidence.
//
//   int main(int argc, char** argv) {
//     lib::Case test(argc, argv, kDescription);
//     test.plan(1);
//     test.run("a sentence", [](lib::Check& check) { check.that(1 == 1, "one is not one"); });
//     return test.finish();
//   }
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lib/check.hpp"
#include "lib/description.hpp"
#include "lib/options.hpp"

namespace kproof::lib {

// Handles --describe, --help and bad options, which end the program. Installs the fault handler.
void begin(int argc, char** argv, const Description& description,
           const std::vector<Option>& options = {});

class Case {
 public:
  // begin(), and the version line. `description` must outlive the case.
  Case(int argc, char** argv, const Description& description,
       const std::vector<Option>& options = {});

  // The number of run() calls to come.
  void plan(unsigned tests);
  void run(const char* name, const std::function<void(Check&)>& body);

  // `name` must be one that the description declares. May be said again, when the fact could have
  // changed: readers take evidence as proven only if every line about it says so.
  void evidence(const char* name, bool proven, const char* format, ...) KPROOF_PRINTF(4, 5);
  void metric(const char* name, double value, const char* unit);
  void metric(const char* name, const std::vector<double>& samples, const char* unit);

  // The exit code.
  int finish() const;

 private:
  const Description& description_;
  unsigned next_ = 1;
  bool failed_ = false;
};

}  // namespace kproof::lib
