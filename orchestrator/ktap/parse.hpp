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
// TAP 13 or 14 in place of KTAP (then results need no numbers), "ok 1 - name", a plan behind all
// results, nested documents (indented, or behind "# " as kselftest's runner has them), of which the
// enclosing result counts. But it is ok only if they are: a "not ok", a bail-out or a result that
// lacks there makes it not ok, and is kept as its diagnostics. One whose result never came is a
// subtest of its own, not ok. One in which all was skipped is a skip; what was skipped in one that
// is ok is a subtest "outer / inner" behind it.
//
// Directives, in any case: SKIP (or "Skipped:"), TODO, XFAIL, TIMEOUT, ERROR (lines.hpp). Sources:
// Documentation/dev-tools/ktap.rst, testanything.org, tools/testing/selftests/kselftest.h. LTP's
// own "TPASS" lines are none of these.
//
// Strict, because each hides a truth: no version line; no plan (ktap.rst lets it out where the
// number of tests is not known; then nobody sees that the output was cut), two plans, a plan
// between results; fewer or more results than planned; a number twice or out of order, or of KTAP
// left out; anything after a bail-out; an evidence or metric line that cannot be read; control
// characters or text that is not UTF-8; a result on a last line without newline, which may have
// been cut.
//
// Evidence said more than once counts as proven only if every line says so; the fact is that of the
// first unproven line, else of the first.
model::CaseReport parse(std::string_view text);

}  // namespace kproof::ktap
