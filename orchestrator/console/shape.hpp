// What somebody else put in front of the kernel's lines: a mail's "> ", "vm1 | ", the clock of a
// terminal. It is not known beforehand; the lines of a report show it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kproof::console {

// The form of a prefix: words and punctuation as they are, numbers of any value, padding of any
// width. Only the white space at its end counts: what is behind more of it is indented.
class Shape {
 public:
  // Reads it off a line with words that stand at the beginning of a kernel's line only, "Call
  // Trace:". False: the line has none, or has a prefix of the shape that is known already.
  bool learn(std::string_view line);
  // The same of a line that is otherwise exactly a kernel's banner, "Linux version ".
  bool learn_of_banner(std::string_view line);
  // How many bytes of `line` are such a prefix; 0: none.
  std::size_t prefix_of(std::string_view line) const;
  bool known() const { return !form_.empty(); }

 private:
  bool learn_prefix(std::string_view line, std::size_t size);

  static constexpr std::size_t kLongest = 120;
  std::string form_;
};

// Does `text` begin with such words?
bool begins_as_kernels(std::string_view text);

// Are the kernel's words at `trigger` in `line`, which has no kernel's prefix, what a program
// quotes: in a shell's trace, source, a list?
bool is_quoted(std::string_view line, std::size_t trigger);

// Does `at` lie between double quotation marks? No kernel opens one and reports in it, so this
// holds behind a kernel's prefix, too: what audit, or a program by /dev/kmsg, repeats.
bool is_in_marks(std::string_view line, std::size_t at);

// "kernel BUG at %s:%u!": the text of a program, not what it printed.
bool is_format(std::string_view text);

// "not ok 2 - general protection fault", "[PASS] ...", "TPASS: ...": what stands behind is the name
// of a test, KUnit's in the kernel's log.
bool is_test_result(std::string_view text);

// "# ...", as KTAP has it, KUnit's too, which has a kernel's prefix: what a test says of itself, or
// behind a prompt what somebody types.
bool is_diagnostic(std::string_view text);

// Behind a prompt: a command that shows a log, "# dmesg", "$ head -9 /var/log/kern.log". What
// follows may be of any boot.
bool shows_a_log(std::string_view line);

// Can this be all that stands in front of a kernel's line: a clock, a quote's mark, another's name
// and a bar?
bool is_foreign_prefix(std::string_view before);

}  // namespace kproof::console
