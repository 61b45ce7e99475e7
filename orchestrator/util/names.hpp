// Names that people type: globs, and what they may have meant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kproof::util {

// fnmatch(3) without flags: `*` also matches `/`, so "*" matches "mm/thp_mprotect".
bool glob_match(const std::string& pattern, const std::string& text);
// Has a character that glob_match treats specially: * ? [
bool is_glob(std::string_view text);

// Edits that make `b` of `a`: a character more, less or another, and a swap of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b);
// The candidate with the smallest edit distance to `word` (a swap of neighbours counts one), the
// first of equals; "" when none is within a third of the word's length, at least 1.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);
// "did you mean `label`? known keys: label, package, path": the hint for a name that is not
// `known`; `what` is the plural noun.
std::string suggest(std::string_view word, const std::vector<std::string>& known,
                    std::string_view what);

}  // namespace kproof::util
