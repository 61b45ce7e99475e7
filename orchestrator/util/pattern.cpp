#include "util/pattern.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <re2/re2.h>

namespace kproof::util {

// The next step, where RE2's words for what is wrong do not say it.
static std::string hint_for(const re2::RE2& pattern) {
  const std::string& part = pattern.error_arg();
  if (pattern.error_code() == RE2::ErrorBadPerlOp)
    return "RE2 has no look-ahead and no look-behind; write another pattern for what must not "
           "match";
  if (pattern.error_code() == RE2::ErrorBadEscape && part.size() == 2 && part[1] >= '1' &&
      part[1] <= '9')
    return "RE2 has no back references; spell out what is repeated";
  return "put a backslash before ( ) [ ] { } . * + ? ^ $ | to mean them literally";
}

Pattern::Pattern(std::string text) : text_(std::move(text)) {
  RE2::Options options;
  options.set_log_errors(false);
  const auto compiled = std::make_shared<const RE2>(text_, options);
  if (!compiled->ok()) {
    // RE2 names the part, not its place. A bracket that lacks its partner has all that follows it.
    const std::size_t at = text_.rfind(compiled->error_arg());
    const std::size_t last = text_.empty() ? 0 : text_.size() - 1;
    throw PatternError(fmt::format("`{}` is no pattern: {}", text_, compiled->error()),
                       hint_for(*compiled), std::min(at, last));
  }
  compiled_ = compiled;
}

bool Pattern::found_in(std::string_view text) const {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

}  // namespace kproof::util
