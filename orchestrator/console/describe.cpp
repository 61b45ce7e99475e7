#include "console/describe.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "console/culprit.hpp"
#include "console/holder.hpp"
#include "console/machinery.hpp"
#include "console/symbol_name.hpp"
#include "console/trace_lines.hpp"
#include "util/hash.hpp"
#include "util/text.hpp"

namespace kproof::console {
using re2::StringPiece;

static constexpr std::string_view kNoFrame = "corrupted";
static constexpr std::string_view kMixedIn = "mixed with a report of fault injection";
static constexpr std::size_t kFingerprint = 16;  // hex digits

struct Replacement {
  RE2 expression;
  const char* by;
};

// One line of printable characters, as the community keeps them.
static std::string printable(std::string_view text) {
  constexpr std::size_t kLongest = 120;
  std::string kept;
  for (char c : text.substr(0, kLongest)) {
    if (c == '\t') c = ' ';
    if (c < ' ' || c > '~' || (c == ' ' && (kept.empty() || kept.back() == ' '))) continue;
    kept += c;
  }
  kept.erase(kept.find_last_not_of(' ') + 1);
  return kept;
}

// Has it a number, or eight digits of a hexadecimal one in a row?
static bool has_numbers(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') return true;
    digits = c >= 'a' && c <= 'f' ? digits + 1 : 0;
    if (digits == 8) return true;
  }
  return false;
}

std::string generalize(std::string title) {
  if (!has_numbers(title)) return printable(title);
  static const Replacement kReplacements[] = {
      {RE2(R"(([a-zA-Z][a-zA-Z0-9_.]+)\+0x[0-9a-z]+/0x[0-9a-z]+)"), R"(\1)"},
      {RE2(R"(([^a-zA-Z0-9_])(?:0x)[0-9a-f]+)"), R"(\1ADDR)"},
      {RE2(R"(([^a-zA-Z0-9_])[0-9a-f]{8,}\b)"), R"(\1ADDR)"},
      {RE2(R"((?:\d{1,3}\.){3}\d{1,3})"), "IP"},
      {RE2(R"(\bCPU#[0-9]+)"), "CPU"},
      {RE2(R"((:[0-9]+)+)"), ":LINE"},
      {RE2(R"(([^a-zA-Z0-9_])[0-9]+\b)"), R"(\1NUM)"},
  };
  for (const Replacement& replacement : kReplacements)
    RE2::GlobalReplace(&title, replacement.expression, replacement.by);
  return printable(title);
}

// Nothing where it does not match. Without a group the match alone is asked for: a third of the
// time.
static std::optional<std::vector<std::string>> captures(const RE2& expression,
                                                        std::string_view text) {
  constexpr int kMost = 5;
  StringPiece found[kMost + 1];
  const int groups = std::min(kMost, expression.NumberOfCapturingGroups());
  if (!expression.Match(StringPiece(text.data(), text.size()), 0, text.size(), RE2::UNANCHORED,
                        found, groups == 0 ? 0 : groups + 1))
    return std::nullopt;
  std::vector<std::string> values;
  for (int i = 1; i <= groups; ++i)
    values.emplace_back(readable_name({found[i].data(), found[i].size()}));
  return values;
}

static std::string with_frame(std::string text, std::string_view frame) {
  util::replace_all(text, "{frame}", frame);
  return text;
}

// All but the frame.
static std::string fill(std::string_view form, const std::vector<std::string>& values) {
  std::string text(form);
  for (std::size_t i = 0; i < values.size(); ++i)
    util::replace_all(text, fmt::format("{{{}}}", i + 1), values[i]);
  return generalize(std::move(text));
}

static std::string fill(std::string_view form, const std::vector<std::string>& values,
                        std::string_view frame) {
  return with_frame(fill(form, values), frame);
}

static std::string whole_text(const std::vector<ReportLine>& lines) {
  std::string text;
  for (const ReportLine& line : lines)
    text.append(line.text).append("\n");
  return text;
}

// The values for a title from this row, nothing if the report is not of its form. `matched`: its
// first line is known to be.
static std::optional<std::vector<std::string>> values_of(const Row& row,
                                                         const std::vector<ReportLine>& lines,
                                                         bool matched) {
  const std::string& first = lines.front().text;
  if (first.find(row.pattern->trigger) == first.npos) return std::nullopt;
  std::optional<std::vector<std::string>> values(std::in_place);
  if (row.line && !(matched && row.line->NumberOfCapturingGroups() == 0))
    values = captures(*row.line, first);
  if (!row.body || !values) return values;
  std::optional<std::vector<std::string>> rest = captures(*row.body, whole_text(lines));
  if (!rest) return std::nullopt;
  std::ranges::move(*rest, std::back_inserter(*values));
  return values;
}

bool fits(const Row& row, const std::vector<ReportLine>& lines) {
  if (row.unless) return !RE2::PartialMatch(whole_text(lines), *row.unless);
  return values_of(row, lines, true).has_value();
}

static void add_alternatives(model::Finding& finding, const Pattern& pattern,
                             const std::vector<std::string>& values, const Culprit& blame,
                             std::string_view frame) {
  std::vector<std::string>& titles = finding.alt_titles;
  const auto add = [&](std::string_view form, std::string_view name) {
    if (form.empty()) return;
    std::string title = fill(form, values, name);
    if (title != finding.title && title != finding.syzbot_title &&
        !std::ranges::count(titles, title))
      titles.push_back(std::move(title));
  };
  for (const std::string_view alternative : pattern.alt)
    add(alternative, frame);
  for (const std::string& other : blame.also) {
    add(pattern.title, other);
    for (const std::string_view alternative : pattern.alt)
      add(alternative, other);
  }
  std::ranges::sort(titles);
}

static const Stack& stack_of(const Pattern& pattern) {
  return pattern.own ? *pattern.own : *pattern.stack;
}

// Where the community names nobody, or only a way to the piece of work, a reader finds more.
static bool says_little(const Culprit& blame) {
  return blame.frame.empty() || is_dispatcher(blame.frame) ||
         std::ranges::any_of(blame.also, is_dispatcher);
}

// Where a stalled task was is chance: there the way to it is all that stays the same, down to the
// system call; but every thread comes the same way.
static const std::string& lasting(const Culprit& blame) {
  const bool call = is_syscall(blame.frame) || std::ranges::any_of(blame.also, is_syscall);
  return says_little(blame) && !call ? blame.own : blame.frame;
}

static std::string fingerprint(const Pattern& pattern, const std::string& form,
                               const std::vector<ReportLine>& lines, const Culprit& blame) {
  constexpr std::size_t kFrames = 3;
  util::Hasher hash;
  hash.add(with_frame(form, ""));
  if (!pattern.stack || pattern.stack->pick != Pick::first) {
    hash.add(lasting(blame));
  } else if (lines.size() > 1) {
    for (const std::string& frame : top_frames(stack_of(pattern), lines, kFrames))
      hash.add(frame);
  } else if (!blame.frame.empty()) {
    hash.add(blame.frame);  // the only line of a report has no other function
  }
  return hash.hex().substr(0, kFingerprint);
}

// A time stamp in what the title is made of: another CPU's message got into the line.
static bool is_torn(const std::vector<std::string>& values) {
  static const RE2 stamp(R"(\[ *\d+\.\d{6}\])");
  return std::ranges::any_of(
      values, [](const std::string& value) { return RE2::PartialMatch(value, stamp); });
}

// Of a CPU that waits for nobody knows whom: where it does.
static std::string topmost(const Pattern& pattern, const std::vector<ReportLine>& lines) {
  if (!pattern.stack) return {};
  const std::vector<std::string> frames = top_frames(stack_of(pattern), lines, 1);
  return frames.empty() || is_dispatcher(frames.front()) ? std::string() : frames.front();
}

static void name_own(Culprit& blame, const Pattern& pattern, const std::vector<ReportLine>& lines,
                     const model::Culprit& culprit) {
  if (pattern.own) blame.own = find_frame(*pattern.own, lines).own;
  if ((pattern.flags & kHeldUp) && says_little(blame)) {
    blame.own = culprit.frame;
    if (blame.own.empty()) blame.own = topmost(pattern, lines);
  }
  if (blame.own.empty()) blame.own = blame.frame;
  if (blame.own.empty() && pattern.stack) blame.own = named_function(lines);
}

static std::string why_incomplete(const Pattern& pattern, std::string_view title,
                                  const std::vector<std::string>& values,
                                  const std::vector<ReportLine>& lines, const Culprit& blame) {
  if (pattern.flags & kMixed) return "only the header of the report could be read";
  if (pattern.flags & kTail) return "the end of a report without its beginning";
  if (is_torn(values)) return "another message stands in the line that names it";
  if (title.ends_with(':')) return "the line that names it breaks off";
  if (blame.mixed) return std::string(kMixedIn);
  if (!pattern.stack || !blame.frame.empty()) return why_corrupted(lines, !(pattern.flags & kBare));
  return brings_a_stack(lines.back().text) ? "the stack of another message came before its own"
                                           : "no function to blame in its stack trace";
}

// "x in f [module]", "x in f at addr 12": of a header that is a title as it stands.
static std::string without_details(std::string title) {
  static const RE2 details(
      R"((in [\w:]+)(?:\.(?:part|isra|constprop|cold|llvm)\b[\w.]*)*(?: \[\w+\])?(?: at addr ADDR)?$)");
  RE2::Replace(&title, details, R"(\1)");
  return title;
}

static model::Finding name_by(const Pattern& pattern, const std::vector<std::string>& values,
                              const std::vector<ReportLine>& lines) {
  model::Finding finding;
  Culprit blame = pattern.stack ? find_frame(*pattern.stack, lines) : Culprit{};
  if (!pattern.frame.empty()) blame.frame = blame.own = fill(pattern.frame, values, "");
  Accusation accusation;
  if (pattern.flags & kHeldUp) accusation = find_culprit(lines);
  if (pattern.flags & kWaits) accusation = find_holder(lines);
  model::Culprit& culprit = accusation.culprit;
  if ((pattern.flags & kNamesCulprit) && !culprit.frame.empty())
    blame = {.frame = culprit.frame, .own = culprit.frame};
  name_own(blame, pattern, lines, culprit);
  const auto or_nobody = [](const std::string& frame) {
    return frame.empty() ? std::string(kNoFrame) : frame;
  };
  const std::string form = fill(pattern.title, values);
  finding.syzbot_title = with_frame(form, or_nobody(blame.frame));
  finding.title = with_frame(form, or_nobody(blame.own));
  // The community's title names nobody.
  if (pattern.own && !pattern.stack && !blame.own.empty()) finding.title += " in " + blame.own;
  if (pattern.flags & kMixed) finding.title = without_details(finding.title);
  finding.frame = blame.own;
  finding.complaint = (pattern.flags & kComplaint) != 0;
  finding.fingerprint = fingerprint(pattern, form, lines, blame);
  finding.corrupted_reason = why_incomplete(pattern, finding.syzbot_title, values, lines, blame);
  // The owner of a lock is no other name of the function that waits for it.
  if (accusation.other && (pattern.flags & kHeldUp)) blame.also.push_back(culprit.frame);
  finding.culprit = std::move(culprit);
  add_alternatives(finding, pattern, values, blame, or_nobody(blame.frame));
  return finding;
}

static model::Finding name_by_header(const std::vector<ReportLine>& lines) {
  model::Finding finding;
  finding.title = finding.syzbot_title = generalize(lines.front().text);
  finding.corrupted_reason = "the rest of the report does not fit its header";
  finding.fingerprint = util::Hasher().add(finding.title).hex().substr(0, kFingerprint);
  return finding;
}

namespace {
struct Naming {
  const Row* row;
  std::vector<std::string> values;
};
}  // namespace

static std::optional<Naming> naming_of(const Row& row, const std::vector<ReportLine>& lines) {
  const Row* end = rows().data() + rows().size();
  for (const Row* candidate = &row; candidate != end; ++candidate)
    if (auto values = values_of(*candidate, lines, candidate == &row))
      return Naming{candidate, std::move(*values)};
  return std::nullopt;
}

const Row* naming_row(const Row& row, const std::vector<ReportLine>& lines) {
  const auto naming = naming_of(row, lines);
  return naming ? naming->row : nullptr;
}

static model::Finding name(const Row& row, const std::vector<ReportLine>& lines) {
  const auto naming = naming_of(row, lines);
  return naming ? name_by(*naming->row->pattern, naming->values, lines) : name_by_header(lines);
}

model::Finding describe(const Row& row, const std::vector<ReportLine>& lines) {
  std::vector<ReportLine> sure{lines.front()};  // whatever its header looks like
  std::copy_if(lines.begin() + 1, lines.end(), std::back_inserter(sure),
               [](const ReportLine& line) { return !is_questionable(line.text); });
  model::Finding finding = name(row, sure);
  finding.type = type_of(finding.syzbot_title);
  finding.corrupted = !finding.corrupted_reason.empty();
  finding.place = place_in_source(sure);
  return finding;
}

}  // namespace kproof::console
