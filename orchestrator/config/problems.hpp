// What is wrong with a document, collected, so that one run of the program tells all of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/mark.h>

namespace kproof::config {

class Problems {
 public:
  // `file` is what messages call the document; `text` must outlive this.
  Problems(std::string file, std::string_view text) : file_(std::move(file)), text_(text) {}

  // The same of the same place is told once: what a matrix repeats is read for each combination.
  void add(const YAML::Mark& mark, std::string message, std::string hint = "");
  // What is not wrong, and hardly meant.
  void warn(const YAML::Mark& mark, std::string message, std::string hint = "");
  // In the order of the document, each as raise() has it and with its hint.
  std::vector<std::string> warnings() const;
  // The place of a byte of `word`, the scalar at `mark`; the scalar's own where it stands there in
  // another form, with escapes or over several lines.
  YAML::Mark inside(YAML::Mark mark, std::string_view word, std::size_t offset) const;
  // "plan.yaml:3:5"; lines and columns count from 1, columns in bytes as compilers do.
  std::string place(const YAML::Mark& mark) const;
  // Throws a ConfigError with all of them in the order of the document, at most 20; each is
  //   plan.yaml:3:5: message
  //       3 | source line
  //         |     ^
  // and then its hint; the last hint is the error's own. Does nothing when there are none.
  void raise() const;

 private:
  struct Problem {
    YAML::Mark mark;
    std::string message, hint;
  };
  using List = std::vector<Problem>;
  static List sorted(List list);
  std::string render(const Problem& problem) const;

  std::string file_;
  std::string_view text_;
  List list_, warnings_;
};

}  // namespace kproof::config
