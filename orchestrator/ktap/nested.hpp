// Documents inside a document: indented ones (KTAP, TAP 14, KUnit), and those that kselftest's
// runner prints behind "# ". Of them it counts what contradicts the result around.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ktap/lines.hpp"

namespace kproof::ktap {

class NestedDocuments {
 public:
  // A line with so many blanks before `text`.
  void line(std::size_t indent, std::string_view text);
  // A line behind "# "; whether it is one of a document, which begins with a version or a plan.
  bool comment(std::string_view text);
  // What stands against the result around.
  struct Fault {
    std::size_t indent = 0;
    std::string text;
    bool lacks = false;  // results that were planned and did not come; else one that is not ok
  };
  // A result that holds no others.
  struct Skip {
    std::string name, reason;
  };
  struct Inside {
    std::vector<Fault> faults;
    std::size_t leaves = 0;   // results that hold no others
    std::vector<Skip> skips;  // of these
  };
  // The result around is here, or the end. Forgets all.
  Inside close();

 private:
  struct Document {
    std::size_t indent = 0;
    std::optional<std::size_t> planned;
    std::size_t seen = 0;
    bool holds = false;  // results in a document inside, of the result that comes next
  };
  Document& at(std::size_t indent);
  // Documents with more blanks before them; whether there were results in any.
  bool close_inside(std::size_t indent);
  void on(std::size_t indent, const Plan& plan);
  void on(std::size_t indent, const Result& result, std::string_view text);

  std::vector<Document> open_;  // each with more blanks than the one before
  Inside inside_;
  bool in_yaml_ = false;      // a block of TAP 13 and 14, from "---" to "..."
  bool in_comments_ = false;  // a document of kselftest's runner has begun
};

}  // namespace kproof::ktap
