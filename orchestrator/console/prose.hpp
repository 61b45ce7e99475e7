// Sentences of people, who quote what kernels print: in mails, documents, commits.
#pragma once

#include <cstddef>
#include <string_view>

namespace kproof::console {

// Is the line a sentence, or a part of one? Kernels seldom speak in sentences, and behind a header
// never.
bool is_prose(std::string_view text);

// Do words of a sentence stand before what begins at `at`: "I still see BUG: ..."?
bool is_in_sentence(std::string_view text, std::size_t at);

}  // namespace kproof::console
