// What a line of a report is: the beginning of a stack trace, a frame of it, something between.
#pragma once

#include <string>
#include <string_view>

#include <re2/re2.h>

namespace kproof::console {

// In line and frame expressions "@F" stands for a function with its offset ("func.isra.0+0x1/0x2";
// captured: "func") or, decoded, with its line ("func (mm/file.c:12)"), "@PC" for an address in
// brackets, "@T" for the line above a stack trace, "@IP" for the line that says where the CPU was
// (captured: the function; none where no function is, as behind a jump to address 0).
std::string expand(std::string_view expression);

// Frames: "func+0x1/0x2" with all that may stand in front of it; 32-bit Arm's; and where an
// interrupt hit the kernel, in the middle of a trace. Captured: the function.
const RE2& frame_expression();
const RE2& arm_expression();
const RE2& interrupted_expression();

// The last words of a kernel, whatever stands around them; not the line that closes a panic.
bool says_panic(std::string_view text);

// Does a stack trace start here? Is this one of its frames?
bool starts_trace(std::string_view text);
bool is_frame(std::string_view text);
// 32-bit Arm's, which needs no line above to start a trace: " f from g+0x1/0x2".
bool is_arm_frame(std::string_view text);
// " ? func+0x1/0x2", on powerpc "func+0x1/0x2 (unreliable)": left on the stack, perhaps never
// called.
bool is_questionable(std::string_view text);
// Output of fault injection in the middle of a report: two reports are mixed.
bool is_intruder(std::string_view text);
// A message that is no finding, and prints a stack of its own.
inline constexpr std::string_view kBringsStack[] = {
    "FAULT_INJECTION: forcing a failure", "FAULT_FLAG_ALLOW_RETRY missing",
    "vmalloc: allocation failure", "vmalloc error: size "};
bool brings_a_stack(std::string_view text);

}  // namespace kproof::console
