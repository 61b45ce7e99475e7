// What a case printed on stdout, read as KTAP version 1 with kproof's evidence and metric lines
// (testcases/README.md). Pure.
#pragma once

#include <string_view>

#include "model/evidence.hpp"

namespace kproof::ktap {

// Never throws over what a guest wrote: whatever is wrong with the document as such stands in
// `malformed` ("line 7: ..."), the first fault only, and all else that could be read is there
// beside.
//
// Tolerant: text before the version line, lines of no known form, text after the last result, CRLF,
// TAP 13 or 14 in place of KTAP, "ok 1 - name", nested documents (indented), of which the enclosing
// result counts and only their "not ok" lines are kept, as its diagnostics.
//
// Strict, because each hides a truth: no version line; no plan, two plans, a plan after a result;
// fewer or more results than planned; a number left out, twice or out of order; anything after a
// bail-out; an evidence or metric line that cannot be read; control characters or text that is not
// UTF-8; a result on a last line without newline, which may have been cut.
//
// Evidence said more than once counts as proven only if every line says so; the fact is that of the
// first unproven line, else of the first.
model::CaseReport parse(std::string_view text);

}  // namespace kproof::ktap
