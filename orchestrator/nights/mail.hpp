// The nights as a mail: what changed, since when, and how to see it again, all in the text. Pure.
#pragma once

#include <string>

#include "nights/overview.hpp"

namespace kproof::nights {

// Plain text of at most 78 columns (RFC 5322, 2.1.1); only a single word that is longer stays
// whole.
std::string mail_text(const Overview& overview);
// The same in GitHub's Markdown.
std::string mail_markdown(const Overview& overview);

}  // namespace kproof::nights
