// Which function a report blames: reads stack traces and passes over the machinery.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kproof::console {

// How to choose among the frames that are left.
enum class Pick {
  first,  // the first
  stall,  // what calls the looping code: the frame below a dispatcher
  hung,   // what waits: grouped where all wait for the same thing
};

// A step of the way to the frames: kTrace follows a stack trace to its end or to the next step;
// any other text is an expression (expand(), trace_lines.hpp) that the walk skips to, its captures
// being frames.
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
struct Culprit {
  std::string frame = {};
  std::string own = {};  // for readers: may be what the community passes over for a word in it
  std::vector<std::string> also = {};
  bool mixed = false;  // the stack of another message stood on the way (is_intruder())
};
Culprit find_frame(const Stack& stack, const std::vector<ReportLine>& lines);

// Any function that a report names, for one without a stack trace: in its header, where the CPU
// was, where a lock was taken; machinery only if there is nothing else. "" if there is none.
std::string named_function(const std::vector<ReportLine>& lines);

// The first frames on the way, machinery left out: what a report is recognised by.
std::vector<std::string> top_frames(const Stack& stack, const std::vector<ReportLine>& lines,
                                    std::size_t most);

}  // namespace kproof::console
