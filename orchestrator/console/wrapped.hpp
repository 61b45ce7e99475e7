// A line that a mail's client, a terminal or a form of 80 columns broke in two.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "console/report.hpp"

namespace kproof::console {

// The line before, as far as its rest may stand in the next one.
class Broken {
 public:
  // `open`: `line` is a header, or says what headers do, and yet is none: it may lack its end.
  void remember(const Line& line, bool open);
  bool open() const { return open_; }
  // May `line` be the rest of it, if the whole then says more?
  bool goes_on_in(const Line& line) const;
  // Is it, whatever the whole says?
  bool surely_goes_on_in(const Line& line) const;
  // `text`, which ends as the line before does, with `line` behind it.
  std::string with(std::string_view text, const Line& line) const;
  // The line before, with `text` instead of its own: valid until the next remember().
  Line as_line(std::string_view text) const;
  std::size_t number() const { return line_.number; }
  std::string_view text() const { return text_; }
  // `rest` was the rest of it, or a part of that.
  void widen(const Line& rest, std::string_view whole);

 private:
  bool is_next(const Line& line) const;
  bool is_full(const Line& line, std::size_t columns) const;
  bool is_indented(const Line& line) const;
  std::string_view unmarked(std::string_view text) const;

  Line line_;         // its views are those of text_, caller_ and raw_
  std::string text_;  // "" unless it is open
  std::string caller_, raw_;
  std::string mark_;  // of a quotation: "> "
  std::size_t width_ = 0;
  std::string end_;  // of its text
  bool open_ = false;
};

}  // namespace kproof::console
