// Which function a report blames: reads stack traces and passes over the machinery.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kproof::console {

// In line and frame expressions "@F" stands for a function with its offset ("func.isra.0+0x1/0x2";
// captured: "func") or, decoded, with its line ("func (mm/file.c:12)"), "@PC" for an address in
// brackets, "@T" for the line above a stack trace, "@IP" for the line that says where the CPU was
// (captured: the function; none where no function is, as behind a jump to address 0).
std::string expand(std::string_view expression);

// How to choose among the frames that are left.
enum class Pick {
  first,  // the first
  stall,  // what calls the looping code: the frame below a dispatcher
  hung,   // what waits: grouped where all wait for the same thing
};

// A step of the way to the frames: kTrace follows a stack trace to its end or to the next step;
// any other text is a regular expression that the walk skips to, its captures being frames.
inline constexpr std::string_view kTrace = "";

struct Stack {
  std::vector<std::string_view> steps;
  std::vector<std::string_view> otherwise;  // when `steps` gave no frame
  std::string_view skip;                    // machinery of this kind of report, an expression
  Pick pick = Pick::first;
  std::vector<std::string_view> at_last;  // when `otherwise` gave none either
};

inline const Stack kTraceOnly{{"@T", kTrace}};

// A line of a report as frames need it.
struct ReportLine {
  std::size_t number = 0;
  std::string text;  // without prefix
};

// The frame, and other names under which it may be known. "" if there is none.
struct Blame {
  std::string frame = {};
  std::string own = {};  // for readers: may be what the community passes over for a word in it
  std::vector<std::string> also = {};
  bool mixed = false;  // the stack of another message stood on the way (is_intruder())
};
Blame find_frame(const Stack& stack, const std::vector<ReportLine>& lines);

// Any function that a report names, for one without a stack trace: in its header, where the CPU
// was, where a lock was taken; machinery only if there is nothing else. "" if there is none.
std::string named_function(const std::vector<ReportLine>& lines);

// The first frames on the way, machinery left out: what a report is recognised by.
std::vector<std::string> top_frames(const Stack& stack, const std::vector<ReportLine>& lines,
                                    std::size_t most);

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
bool brings_a_stack(std::string_view text);

}  // namespace kproof::console
