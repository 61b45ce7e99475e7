#include "console/trace_lines.hpp"

#include <algorithm>

#include "util/text.hpp"

namespace kproof::console {
using util::replace_all;

std::string expand(std::string_view expression) {
  std::string text(expression);
  // x86 old and new, powerpc, arm64, 32-bit Arm, riscv, mips, loongarch; powerpc's way to say where
  // a trap hit; s390; sparc; parisc.
  replace_all(
      text, "@IP",
      R"((?:(?:\b(?:R?IP|EIP|NIP|pc|PC is at|epc|era)\b *:? +(?:[0-9]+:)?)"
      R"((?:(?:@PC|[0-9a-f]{8,}) +)*|)"
      R"(--- interrupt: [0-9]+ at |Krnl PSW : [0-9a-f]+ [0-9a-f]+ \(|\bTPC: <|IAOQ\[0\]: )@F|)"
      R"(\b[RE]?IP\b *:? +@NOWHERE))");
  // x86: no function is there, as behind a call of a null pointer.
  replace_all(text, "@NOWHERE",
              R"((?:[0-9]+: *(?:0x[0-9a-f]|\(null\))|)"
              R"((?:[0-9]+:)?@PC +\[< *\(null\)>\] +\(null\)))");
  // 32-bit Arm with the unwinder prints no line above (up to 6.2).
  replace_all(
      text, "@T",
      R"((?:(?:Call [Tt]race|Backtrace):?|)"
      R"(^ *(?:\[<[0-9a-f]+>\] )?\(?[\w.]+(?:\+0x[0-9a-f]+/0x[0-9a-f]+)?(?: \[\w+\])?\)? from )"
      R"((?:\[<[0-9a-f]+>\] )?\(?[\w.]+\+0x))");
  replace_all(text, "@PC", R"(\[\<?(?:0x)?[0-9a-f]+\>?\])");
  // Behind it the offset, or what the kernel's decode_stacktrace.sh puts in its place.
  replace_all(text, "@F",
              R"(\.?(_ZN[a-zA-Z0-9_$.]+E|[a-zA-Z0-9_]+)(?:\.[a-zA-Z0-9_.]+)?)"
              R"((?:\+0x| \((?:[^ ()]+\.[a-zS]+:[0-9?]|\?\?:)))");
  return text;
}

static re2::StringPiece piece(std::string_view text) {
  return re2::StringPiece(text.data(), text.size());
}

const RE2& frame_expression() {
  // x86 says in front of a frame where another stack begins: " <EOI>  [<ffffffff8b5d4df8>] f+0x1".
  static const RE2 re(expand(R"(^ *(?:<<?/?#?[A-Z]+>>? *)?(?:@PC ){0,2}(?:\(.\) )?@F)"));
  return re;
}

// 32-bit Arm: "[<80c1e5e8>] (__schedule) from [<80c1eb20>] (schedule+0x60/0xdc)", or newer
// " __schedule from schedule+0x60/0xdc"; up to 3.12 the first has its offset, too.
const RE2& arm_expression() {
  static const RE2 re(R"(^ *(?:\[<[0-9a-f]+>\] )?\(?([a-zA-Z0-9_]+)(?:\.[a-zA-Z0-9_.]+)?)"
                      R"((?:\+0x[0-9a-f]+/0x[0-9a-f]+)?(?: \[\w+\])?\)? from )"
                      R"((?:\[<[0-9a-f]+>\] )?\(?([a-zA-Z0-9_]+)(?:\.[a-zA-Z0-9_.]+)?\+0x)");
  return re;
}

// Where an interrupt hit the kernel, in the middle of a trace.
const RE2& interrupted_expression() {
  static const RE2 re(
      expand(R"(^(?:RIP: 0010:|PC is at |pc : |--- interrupt: [0-9a-f]+ at )(?:@PC +)*@F)"));
  return re;
}

// powerpc: "[c0000000] [c00000] func+0x1/0x2 (unreliable)" is covered by frame_expression().

bool starts_trace(std::string_view text) {
  static const RE2 re(
      R"(Call [Tt]race:?|Backtrace:|Allocated:|Allocated by task \d+:|Freed:|Freed by task \d+:|)"
      R"((?:^|[^k]) ?backtrace(?: \(crc [0-9a-f]*\))?:|Uninit was (?:stored|created))");
  return RE2::PartialMatch(piece(text), re) && text.find("stack backtrace") == text.npos;
}

bool is_frame(std::string_view text) {
  return RE2::PartialMatch(piece(text), frame_expression()) ||
         RE2::PartialMatch(piece(text), arm_expression());
}

bool is_arm_frame(std::string_view text) {
  return RE2::PartialMatch(piece(text), arm_expression());
}

bool is_questionable(std::string_view text) {
  if (text.ends_with(" (unreliable)")) return true;
  static const RE2 re(expand(R"(^ *(?:<<?/?#?[A-Z]+>>? *)?(?:@PC ){0,2} *\? +@F)"));
  return text.find('?') != text.npos && RE2::PartialMatch(piece(text), re);
}

bool is_intruder(std::string_view text) {
  if (text.find("should_fail") == text.npos) return false;
  static const RE2 re(
      R"(^(?: *\[\<?(?:0x)?[0-9a-f]+\>?\])? *should_fail(?:slab|_ex)?(?:\.[a-z.0-9]+)?\+0x)");
  return RE2::PartialMatch(piece(text), re);
}

bool says_panic(std::string_view text) {
  constexpr std::string_view kPanic = "Kernel panic - not syncing";
  if (text.starts_with("Rebooting in ")) return true;
  return text.find(kPanic) != text.npos && text.find("---[ end Kernel panic") == text.npos;
}

// Of fault injection, of vmalloc() (the second since 5.12), of handle_userfault().
bool brings_a_stack(std::string_view text) {
  return std::ranges::any_of(kBringsStack,
                             [&](std::string_view words) { return text.find(words) != text.npos; });
}

}  // namespace kproof::console
