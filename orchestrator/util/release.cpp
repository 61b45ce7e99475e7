#include "util/release.hpp"

#include <charconv>

#include <re2/re2.h>

namespace kproof::util {

std::vector<unsigned> release_numbers(std::string_view release) {
  std::vector<unsigned> parts;
  const char* const end = release.data() + release.size();
  const char* pos = release.data();
  while (pos < end) {
    unsigned part = 0;
    const auto [next, error] = std::from_chars(pos, end, part);
    if (error != std::errc()) break;
    parts.push_back(part);
    pos = next;
    if (pos == end || *pos != '.') break;
    ++pos;
  }
  static const RE2 abi(R"(-\d+[-.].*)");
  const re2::StringPiece rest(pos, static_cast<std::size_t>(end - pos));
  if (parts.size() == 3 && parts[2] == 0 && RE2::FullMatch(rest, abi)) parts.pop_back();
  return parts;
}

std::string upstream_release(std::string_view banner) {
  static const RE2 debian(R"re(#\d.* Debian (\d+\.\d+\.\d+)[-~+])re", RE2::Latin1),
      ubuntu(R"re(\(Ubuntu \S+ (\d+\.\d+\.\d+)\)$)re", RE2::Latin1);
  const re2::StringPiece text(banner.data(), banner.size());
  std::string release;
  if (RE2::PartialMatch(text, debian, &release) || RE2::PartialMatch(text, ubuntu, &release))
    return release;
  return std::string(banner.substr(0, banner.find(' ')));
}

}  // namespace kproof::util
