#include "testkit/golden.hpp"

#include <cstdlib>
#include <sstream>

#include <fmt/format.h>

#include "util/files.hpp"

namespace kproof::testkit {

static std::string first_difference(const std::string& expected, const std::string& actual) {
  std::istringstream want(expected), got(actual);
  for (int line = 1;; ++line) {
    std::string a, b;
    const bool more_a = static_cast<bool>(std::getline(want, a));
    const bool more_b = static_cast<bool>(std::getline(got, b));
    if (a != b || more_a != more_b || (!more_a && !more_b))
      return fmt::format("line {}:\n  expected: {}\n  actual:   {}", line,
                         more_a ? a : "(end of file)", more_b ? b : "(end of file)");
  }
}

std::string compare_golden(const std::filesystem::path& golden, std::string_view actual) {
  if (std::getenv("KPROOF_REWRITE_GOLDEN")) {
    std::filesystem::create_directories(golden.parent_path());
    util::write_file_atomically(golden, actual);
    return "";
  }
  const std::string expected = util::read_if_there(golden);
  if (expected == actual) return "";
  return fmt::format("{} differs at {}\nrewrite it with KPROOF_REWRITE_GOLDEN=1 and read the diff",
                     golden.string(), first_difference(expected, std::string(actual)));
}

}  // namespace kproof::testkit
