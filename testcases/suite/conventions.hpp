// What a program of somebody else's suite prints and how it ends, as lines of kproof's KTAP. Pure.
//
// Understood: KTAP, TAP 13 and 14 (results, plan first or last, directives, documents inside,
// bail-outs) and the exit codes of kselftest (tools/testing/selftests/kselftest.h); "PASS: name",
// "FAIL:", "SKIP:", "XFAIL:", "XPASS:", "SUMMARY: 3 tests" and the exit codes of kvm-unit-tests
// (lib/report.c, lib/x86/fwcfg.c). All else that the program prints is kept as a diagnostic.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kproof::suite {

enum class Convention {
  kselftest,       // and whatever else prints KTAP or TAP, or only exits
  kvm_unit_tests,  // a flat binary in QEMU, which ends it by isa-debug-exit
};

// How the program ended: by exit() with a code, or by a signal.
struct Ended {
  int code = 0;
  int signal = 0;  // 0: it exited
};

class Document {
 public:
  explicit Document(Convention convention) : convention_(convention) {}

  // One line that it printed, without its newline: what is printed for it, perhaps nothing. Results
  // are numbered anew: programs of more than one document begin at 1 again.
  std::string feed(std::string_view line);

  struct Conclusion {
    std::string lines;  // the last results and the plan, each with its newline
    int exit_code = 0;  // of a case (lib/ktap.hpp)
  };
  Conclusion conclude(const Ended& ended);

 private:
  struct Fate {
    enum Kind { well, skipped, expected, badly } kind = badly;
    std::string fact;
  };
  Fate fate_of(const Ended& ended) const;
  std::string comment(std::string_view text) const;
  std::string result(bool ok, std::string_view rest);
  std::optional<std::string> tap(std::string_view line);
  std::optional<std::string> unit_test(std::string_view line);
  bool plan(std::string_view line);
  std::string shortfall() const;

  const Convention convention_;
  unsigned results_ = 0;
  bool failed_ = false, document_ = false;
  std::optional<unsigned> planned_;
  std::string skip_reason_, last_text_, bail_out_;
};

}  // namespace kproof::suite
