#include "console/frames.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <span>

#include <re2/re2.h>

#include "console/machinery.hpp"
#include "console/symbol_name.hpp"
#include "util/text.hpp"

namespace kproof::console {
using re2::StringPiece;
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
      R"((?:(?:Call [Tt]race|Backtrace):?|^ *(?:\[<[0-9a-f]+>\] )?\(?[\w.]+(?: \[\w+\])?\)? from )"
      R"((?:\[<[0-9a-f]+>\] )?\(?[\w.]+\+0x))");
  replace_all(text, "@PC", R"(\[\<?(?:0x)?[0-9a-f]+\>?\])");
  // Behind it the offset, or what the kernel's decode_stacktrace.sh puts in its place.
  replace_all(text, "@F",
              R"(\.?(_ZN[a-zA-Z0-9_$.]+E|[a-zA-Z0-9_]+)(?:\.[a-zA-Z0-9_.]+)?)"
              R"((?:\+0x| \((?:[^ ()]+\.[a-zS]+:[0-9?]|\?\?:)))");
  return text;
}

static StringPiece piece(std::string_view text) {
  return StringPiece(text.data(), text.size());
}

static const RE2& frame_expression() {
  // x86 says in front of a frame where another stack begins: " <EOI>  [<ffffffff8b5d4df8>] f+0x1".
  static const RE2 re(expand(R"(^ *(?:<<?/?#?[A-Z]+>>? *)?(?:@PC ){0,2}(?:\(.\) )?@F)"));
  return re;
}

// 32-bit Arm: "[<80c1e5e8>] (__schedule) from [<80c1eb20>] (schedule+0x60/0xdc)", or newer
// " __schedule from schedule+0x60/0xdc".
static const RE2& arm_expression() {
  static const RE2 re(
      R"(^ *(?:\[<[0-9a-f]+>\] )?\(?([a-zA-Z0-9_]+)(?:\.[a-zA-Z0-9_.]+)?(?: \[\w+\])?\)? from )"
      R"((?:\[<[0-9a-f]+>\] )?\(?([a-zA-Z0-9_]+)(?:\.[a-zA-Z0-9_.]+)?\+0x)");
  return re;
}

// Where an interrupt hit the kernel, in the middle of a trace.
static const RE2& interrupted_expression() {
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

// Of fault injection, of vmalloc() (the second since 5.12), of handle_userfault().
bool brings_a_stack(std::string_view text) {
  constexpr std::string_view kSuch[] = {"FAULT_INJECTION: forcing a failure",
                                        "vmalloc: allocation failure", "vmalloc error: size ",
                                        "FAULT_FLAG_ALLOW_RETRY missing"};
  return std::ranges::any_of(kSuch,
                             [&](std::string_view words) { return text.find(words) != text.npos; });
}

namespace {

// Of a way to the frames, compiled.
struct CompiledStep {
  std::unique_ptr<RE2> expression;  // null: kTrace
  std::span<const std::string_view>
      literals;  // one stands in each line that matches; none: unknown

  bool may_match(std::string_view text) const {
    return literals.empty() || std::ranges::any_of(literals, [&](std::string_view literal) {
             return text.find(literal) != text.npos;
           });
  }
};
using Steps = std::vector<CompiledStep>;

// Of "@IP" and "@T": a header without a stack is asked for them in vain.
constexpr std::string_view kPointers[] = {"IP",          "pc",     "PC is at", "era",
                                          "interrupt: ", "PSW : ", "IAOQ"};
constexpr std::string_view kTraces[] = {"race", " from "};

std::span<const std::string_view> literals_of(std::string_view step) {
  if (step == "@IP") return kPointers;
  if (step == "@T") return kTraces;
  return {};
}

// A Stack, compiled; made once for each and kept, because they are constants.
struct CompiledStack {
  std::vector<Steps> ways;    // in the order in which they are tried
  std::unique_ptr<RE2> skip;  // null: none
};

Steps compile(const std::vector<std::string_view>& steps) {
  Steps compiled;
  for (const std::string_view step : steps)
    compiled.push_back(
        {step == kTrace ? nullptr : std::make_unique<RE2>(expand(step)), literals_of(step)});
  return compiled;
}

const CompiledStack& compiled(const Stack& stack) {
  static std::mutex mutex;
  static std::map<const Stack*, CompiledStack> cache;
  const std::lock_guard lock(mutex);
  auto [entry, fresh] = cache.try_emplace(&stack);
  if (fresh) {
    for (const auto* steps : {&stack.steps, &stack.otherwise, &stack.at_last})
      if (!steps->empty()) entry->second.ways.push_back(compile(*steps));
    if (!stack.skip.empty()) entry->second.skip = std::make_unique<RE2>(piece(stack.skip));
  }
  return entry->second;
}

// Walks down a report along the steps and gathers the frames that are not machinery.
class Walk {
 public:
  Walk(const std::vector<ReportLine>& lines, const Steps& steps, const RE2* skip, std::size_t most)
      : lines_(lines), steps_(steps), skip_(skip), most_(most) {
    while (step_ < steps_.size() && at_ < lines_.size())
      steps_[step_].expression ? skip_to(steps_[step_]) : follow();
  }

  std::vector<Frame> take_frames() { return std::move(frames_); }
  bool mixed() const { return mixed_; }

 private:
  // An intruder's stack hides the end of a step; the next begins behind it.
  bool intruded(const std::string& text) {
    if (!is_intruder(text)) return false;
    return mixed_ = true;
  }

  // Two expressions in a row stand in one part of the report: no stack trace begins between them.
  void skip_to(const CompiledStep& step) {
    const bool near = step_ > 0 && steps_[step_ - 1].expression;
    while (at_ < lines_.size()) {
      const std::string& text = lines_[at_++].text;
      if (intruded(text) || take(text, step)) break;
      if (near && starts_trace(text)) at_ = lines_.size();
    }
    ++step_;
  }

  void follow() {
    const CompiledStep* next = step_ + 1 < steps_.size() ? &steps_[step_ + 1] : nullptr;
    while (at_ < lines_.size()) {
      const std::string& text = lines_[at_++].text;
      if (intruded(text) || starts_trace(text)) break;
      if (next && next->expression && take(text, *next)) {
        ++step_;
        break;
      }
      if (!take(text, frame_expression()) && !take(text, arm_expression()))
        take(text, interrupted_expression());
    }
    ++step_;
  }

  bool take(const std::string& text, const CompiledStep& step) {
    return step.may_match(text) && take(text, *step.expression);
  }

  bool take(const std::string& text, const RE2& expression) {
    StringPiece found[4];
    const int groups = std::min(3, expression.NumberOfCapturingGroups());
    if (!expression.Match(text, 0, text.size(), RE2::UNANCHORED, found, groups + 1)) return false;
    for (int i = 1; i <= groups; ++i)
      if (!found[i].empty()) consider({found[i].data(), found[i].size()});
    return true;
  }

  void consider(std::string_view symbol) {
    if (sure_ == most_) return;
    std::string name = readable_name(symbol);
    if (is_machinery(name) || (skip_ && RE2::PartialMatch(name, *skip_))) return;
    if (!frames_.empty() && frames_.back().name == name) return;
    const bool sounds = sounds_like_machinery(name);
    sure_ += sounds ? 0 : 1;
    frames_.push_back({std::move(name), sounds});
  }

  const std::vector<ReportLine>& lines_;
  const Steps& steps_;
  const RE2* skip_;
  const std::size_t most_;
  std::size_t at_ = 0, step_ = 0;
  std::size_t sure_ = 0;  // frames that do not sound like machinery
  bool mixed_ = false;
  std::vector<Frame> frames_;
};

}  // namespace

Blame find_frame(const Stack& stack, const std::vector<ReportLine>& lines) {
  const CompiledStack& ready = compiled(stack);
  const std::size_t most = stack.pick == Pick::first ? 1 : lines.size();
  Blame blame;
  for (const Steps& steps : ready.ways) {
    Walk walk(lines, steps, ready.skip.get(), most);
    Blame found = pick_frame(walk.take_frames(), stack.pick);
    if (!blame.own.empty()) found.own = blame.own;
    blame = std::move(found);
    blame.mixed = walk.mixed();
    if (!blame.frame.empty()) break;
  }
  return blame;
}

std::vector<std::string> top_frames(const Stack& stack, const std::vector<ReportLine>& lines,
                                    std::size_t most) {
  const CompiledStack& ready = compiled(stack);
  std::vector<std::string> frames;
  for (const Steps& steps : ready.ways)
    for (Frame& frame : Walk(lines, steps, ready.skip.get(), most).take_frames())
      if (frames.size() < most && !std::ranges::count(frames, frame.name))
        frames.push_back(std::move(frame.name));
  return frames;
}

namespace {

// The functions that a report names outside of the way of its kind, the best first.
struct Named {
  std::string blamed, dispatcher, machinery;

  // True: nothing better can come.
  bool take(const std::string& text, const RE2& expression) {
    StringPiece found[2];
    return expression.Match(text, 0, text.size(), RE2::UNANCHORED, found, 2) &&
           take({found[1].data(), found[1].size()});
  }

  bool take(std::string_view symbol) {
    if (symbol.empty()) return false;
    std::string name = readable_name(symbol);
    std::string& place = is_reporter(name)     ? ignored
                         : is_machinery(name)  ? machinery
                         : is_dispatcher(name) ? dispatcher
                                               : blamed;
    if (place.empty()) place = std::move(name);
    return !blamed.empty();
  }

 private:
  std::string ignored;
};

}  // namespace

// "f+0x42/0x50" at `pos`: f. "" of all that is not so plain.
static std::string_view plain_function(std::string_view text, std::size_t pos) {
  const auto belongs = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const std::string_view rest = text.substr(std::min(pos, text.size()));
  const auto end = std::ranges::find_if_not(rest, belongs);
  const std::string_view name = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  const bool plain = rest.substr(name.size()).starts_with("+0x") && !name.starts_with("_ZN");
  return plain ? name : std::string_view();
}

// Is there ":12" directly before `end`, and something in front of it?
static bool ends_in_line_number(std::string_view text, std::size_t end) {
  const std::size_t colon = text.substr(0, end).find_last_not_of("0123456789");
  return colon != text.npos && colon > 0 && colon + 1 < end && text[colon] == ':' &&
         text[colon - 1] != ' ';
}

// What header_expression() finds in the common headers of a WARNING, "at mm/gup.c:12 f+0x42/0x50"
// and "mm/gup.c:12 at f+0x42/0x50", by hand, as a log may have a million. "" of all others.
static std::string_view place_of_warning(std::string_view text) {
  constexpr std::string_view kAt = " at ";
  const std::size_t at = text.find(kAt);
  if (at == text.npos || text.substr(0, at).find_first_of("+(@") != text.npos) return {};
  const std::size_t behind = at + kAt.size();
  if (ends_in_line_number(text, at)) return plain_function(text, behind);
  const std::size_t end = text.find(' ', behind);
  if (end == text.npos || !ends_in_line_number(text.substr(behind), end - behind)) return {};
  return plain_function(text, end + 1);
}

// Behind it a header names a function.
static const RE2& header_expression() {
  static const RE2 re(expand(
      R"((?:\bat \S+:\d+ |:\d+ at | in | LOCKUP @ | for CPU#[0-9]+ |^caller is (?:@PC )?)@F)"));
  return re;
}

std::string named_function(const std::vector<ReportLine>& lines) {
  constexpr std::size_t kHead = 4;  // lines
  static const RE2 pointer(expand("@IP"));
  static const RE2 held(expand(R"(\bat: *(?:@PC +)?@F)"));
  Named named;
  for (const ReportLine& line : std::span(lines).first(std::min(lines.size(), kHead))) {
    const std::string_view place = place_of_warning(line.text);
    if (place.empty() ? named.take(line.text, header_expression()) : named.take(place))
      return named.blamed;
  }
  for (const RE2* expression : {&pointer, &held, &frame_expression()})
    for (const ReportLine& line : lines)
      if (named.take(line.text, *expression)) return named.blamed;
  return named.machinery.empty() ? named.dispatcher : named.machinery;
}

}  // namespace kproof::console
