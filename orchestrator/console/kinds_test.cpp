// golden/kinds.txt: reports of each kind on each architecture have the title that stands above
// them.
#include <filesystem>

#include <doctest/doctest.h>

#include "console/whole_log.hpp"
#include "util/files.hpp"

using namespace kproof;

static std::string titles_in(std::string_view log) {
  const console::Analyzer analyzer = console::analyze(log);
  std::string titles;
  for (const model::Finding& finding : analyzer.findings())
    titles += (titles.empty() ? "" : "; ") + finding.title;
  return titles;
}

TEST_CASE("a report has one title, and it is a kernel developer's, on every architecture") {
  constexpr std::string_view kMark = "\n#### ";
  const std::string file =
      util::read_file(std::filesystem::path(KPROOF_TEST_DIR) / "golden/kinds.txt");
  std::size_t kinds = 0;
  for (std::size_t at = file.find(kMark); at != std::string::npos; ++kinds) {
    const std::size_t title = at + kMark.size(), log = file.find('\n', title) + 1;
    at = file.find(kMark, log - 1);
    CAPTURE(kinds);
    CHECK(titles_in(std::string_view(file).substr(log, at - log)) ==
          file.substr(title, log - 1 - title));
  }
  CHECK(kinds > 100);
}
