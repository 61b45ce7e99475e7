// What a case proved and measured, as its KTAP says.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace kproof::model {

// A fact without which the result means nothing. Declared by the case, proven while it runs.
struct Evidence {
  std::string name;  // "mapping_is_pud"
  bool proven = false;
  std::string fact;  // "1 fault for 262144 pages"
  int level = 1;     // of the guest that it is about
  // What the plan gives to the kernel: where it is not proven, this kernel does not take it, and
  // the plan's config is at fault.
  bool of_plan = false;
};

struct Metric {
  std::string name;  // "mprotect_ro_1g"
  double value = 0;  // the median, where there are samples
  std::string unit;  // "us"
  int level = 1;
  std::vector<double> samples{};  // as the case told them, in order; empty if it told one value
};

// NAME_idle of NAME, and NAME_idle_p90 of NAME_p90 (ktap/samples.hpp): the metric that tells what
// the same measurement shows while the kernel does nothing, where a case measures that. A figure
// that is not above it says nothing.
std::string idle_name(const std::string& metric);

struct Subtest {
  enum class Result { ok, not_ok, skip };
  std::string name;
  Result result = Result::not_ok;
  std::string diagnostic;  // the "# ..." lines before it, or the reason of a skip
  int level = 1;
  bool of_plan = false;  // a bound (verdict/bounds.hpp), of which the case knows nothing
};

// "name: reason" of each that was skipped: what a verdict does not stand for.
std::vector<std::string> skipped_in(const std::vector<Subtest>& subtests);
// What messages call the subtest: KTAP lets a result line have no description.
std::string name_of(const std::vector<Subtest>& subtests, std::size_t index);

// A whole KTAP document. `malformed` says why it is not one; "" if it is.
struct CaseReport {
  std::vector<Subtest> subtests;
  std::vector<Evidence> evidence;
  std::vector<Metric> metrics;
  std::string skip_reason;  // "1..0 # SKIP reason"
  std::string bail_out;     // "Bail out! reason"
  std::string malformed;
};

}  // namespace kproof::model
