// A pattern of a user, in the syntax of RE2 (https://github.com/google/re2/wiki/Syntax). RE2
// matches in time linear to the text whatever the pattern, and neither recurses: patterns come from
// plans, and the texts from guests.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "util/error.hpp"

namespace re2 {
class RE2;
}

namespace kproof::util {

// What RE2 does not take, in its words.
struct PatternError : ConfigError {
  PatternError(const std::string& message, const std::string& hint, std::size_t at)
      : ConfigError(message, hint), at(at) {}
  std::size_t at;  // the offset in the pattern of what is wrong, from 0
};

// Compiled once, shared by copies.
class Pattern {
 public:
  Pattern(std::string text);  // throws PatternError; implicit, as lists of patterns are written so
  Pattern(const char* text) : Pattern(std::string(text)) {}

  const std::string& text() const { return text_; }
  bool found_in(std::string_view text) const;
  bool operator==(const Pattern& other) const { return text_ == other.text_; }

 private:
  std::string text_;
  std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace kproof::util
