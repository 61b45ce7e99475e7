#include "lib/case.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "lib/fault.hpp"

namespace kproof::lib {

void begin(int argc, char** argv, const Description& description,
           const std::vector<Option>& options) {
  const bool describe = argc > 1 && std::string_view(argv[argc - 1]) == "--describe";
  parse_options(describe ? argc - 1 : argc, argv, description.summary, options);
  if (describe) {
    std::puts(to_json(description).c_str());
    std::exit(0);
  }
  install_fault_handler();
}

Case::Case(int argc, char** argv, const Description& description,
           const std::vector<Option>& options)
    : description_(description) {
  begin(argc, argv, description, options);
  ktap::version();
}

void Case::plan(unsigned tests) {
  ktap::plan(tests);
}

void Case::run(const char* name, const std::function<void(Check&)>& body) {
  Check check;
  body(check);
  if (check.failures() > Check::kMostPrinted)
    ktap::diagnostic("and %u more", check.failures() - Check::kMostPrinted);
  if (check.ok() && !check.skip_reason().empty())
    ktap::skipped(next_++, name, check.skip_reason().c_str());
  else
    ktap::result(next_++, check.ok(), name);
  failed_ |= !check.ok();
}

void Case::evidence(const char* name, bool proven, const char* format, ...) {
  const auto& declared = description_.evidence;
  if (std::find(declared.begin(), declared.end(), name) == declared.end())
    ktap::bail_out("mistake in this program: evidence %s is not declared", name);
  char fact[512];
  va_list args;
  va_start(args, format);
  std::vsnprintf(fact, sizeof fact, format, args);
  va_end(args);
  ktap::evidence(name, proven, fact);
}

void Case::metric(const char* name, double value, const char* unit) {
  ktap::metric(name, value, unit);
}
void Case::metric(const char* name, const std::vector<double>& samples, const char* unit) {
  ktap::metric(name, samples, unit);
}

int Case::finish() const {
  return failed_ ? ktap::kExitFailed : ktap::kExitPassed;
}

}  // namespace kproof::lib
