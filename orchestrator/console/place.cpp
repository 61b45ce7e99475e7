#include <algorithm>

#include <re2/re2.h>

#include "console/describe.hpp"

namespace kproof::console {

// Of a WARN(), 6.19's too, of a BUG(), of UBSAN; of RCU it stands in the next line.
std::string place_in_source(const std::vector<ReportLine>& lines) {
  static const RE2 of_header(R"((?:WARNING: |kernel BUG at |UBSAN: )(?:.*? )??)"
                             R"(([^\s:]+\.(?:[chS]|rs|cpp|inc):\d+)(?:[:! ]|$))");
  static const RE2 of_rcu(R"(^ *([^\s:]+\.[ch]:\d+) suspicious \S+ usage!)");
  constexpr std::size_t kNear = 8;  // lines
  std::string place;
  if (RE2::PartialMatch(lines.front().text, of_header, &place)) return place;
  if (lines.front().text.find("suspicious R") == std::string::npos) return "";
  for (std::size_t i = 1; i < std::min(lines.size(), kNear); ++i)
    if (RE2::PartialMatch(lines[i].text, of_rcu, &place)) return place;
  return "";
}

}  // namespace kproof::console
