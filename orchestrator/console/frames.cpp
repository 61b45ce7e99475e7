#include "console/frames.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <span>

#include "console/machinery.hpp"
#include "console/symbol_name.hpp"
#include "console/trace_lines.hpp"

namespace kproof::console {
using re2::StringPiece;

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
    if (!stack.skip.empty())
      entry->second.skip = std::make_unique<RE2>(StringPiece(stack.skip.data(), stack.skip.size()));
  }
  return entry->second;
}

// "+0x1/0x2 [zork]", "+0x1/0x2 [zork 0123abcd]": what stands behind a function of a module.
bool names_module(std::string_view rest) {
  const std::size_t blank = rest.find(' ');
  if (blank == rest.npos || !rest.substr(blank).starts_with(" [")) return false;
  const std::string_view word = rest.substr(blank + 2);
  const std::size_t end = word.find_first_of(" ]");
  return end != word.npos && end != 0 && word.front() != '<' && word.substr(0, end) != "inline";
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
      if (!found[i].empty()) consider({found[i].data(), found[i].size()}, text);
    return true;
  }

  // `symbol` is a part of `text`.
  void consider(std::string_view symbol, std::string_view text) {
    if (sure_ == most_) return;
    std::string name = readable_name(symbol);
    const auto end = static_cast<std::size_t>(symbol.data() + symbol.size() - text.data());
    if (is_machinery(name, names_module(text.substr(end)))) return;
    if (skip_ && RE2::PartialMatch(name, *skip_)) return;
    if (!frames_.empty() && frames_.back().name == name) return;
    const bool sounds = sounds_like_machinery(name) || is_machinery(name);
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

Culprit find_frame(const Stack& stack, const std::vector<ReportLine>& lines) {
  const CompiledStack& ready = compiled(stack);
  const std::size_t most = stack.pick == Pick::first ? 1 : lines.size();
  Culprit blame;
  for (const Steps& steps : ready.ways) {
    Walk walk(lines, steps, ready.skip.get(), most);
    Culprit found = pick_frame(walk.take_frames(), stack.pick);
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

}  // namespace kproof::console
