// What may stand where the cursor is. Pure, but for `values`.
//
// `kproof __complete WORD...` prints it for the shells' completion (completion/): one candidate a
// line, a tab and what it means behind it; ":files" where names of files may stand there, too. The
// last word is the one to be completed, and may be "".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/words.hpp"

namespace kproof::cli {

struct Candidate {
  std::string word, what;
};

struct Completion {
  std::vector<Candidate> candidates;  // only those that begin as the word does
  bool files = false;
};

// Of an option or argument by its name, "--kernel": what may be its value, with the plan that the
// line names so far, or "".
using ValuesOf =
    std::function<std::vector<Candidate>(const std::string& option, const std::string& plan)>;

Completion complete(const ProgramInfo& program, std::vector<std::string> words,
                    const ValuesOf& values);

// As the shells' scripts read it.
std::string to_lines(const Completion& completion);

}  // namespace kproof::cli
