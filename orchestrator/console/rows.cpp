#include "console/rows.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

#include <fmt/format.h>
#include <re2/set.h>

#include "console/trace_lines.hpp"

namespace kproof::console {

static std::unique_ptr<RE2> compile(std::string_view expression) {
  if (expression.empty()) return nullptr;
  auto compiled = std::make_unique<RE2>(expand(expression));
  if (!compiled->ok())
    throw std::logic_error(fmt::format("pattern {}: {}", expression, compiled->error()));
  return compiled;
}

static std::vector<Row> compile_rows() {
  std::vector<Row> all;
  for (const auto table : pattern_tables())
    for (const Pattern& pattern : table)
      all.push_back(
          {&pattern, compile(pattern.line), compile(pattern.body), compile(pattern.unless)});
  return all;
}

const std::vector<Row>& rows() {
  static const std::vector<Row> all = compile_rows();
  return all;
}

bool Row::matches(std::string_view text) const {
  return text.find(pattern->trigger) != text.npos &&
         (!line || RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *line));
}

std::size_t Row::begins_in(std::string_view text) const {
  re2::StringPiece found;
  const bool by_line =
      line && line->Match({text.data(), text.size()}, 0, text.size(), RE2::UNANCHORED, &found, 1);
  std::size_t at = by_line ? static_cast<std::size_t>(found.data() - text.data())
                           : std::min(text.find(pattern->trigger), text.size());
  while (at < text.size() && text[at] == ' ')
    ++at;
  while (at > 0 && text[at - 1] != ' ')
    --at;
  return at;
}

// Distinct literals, and which rows each one triggers.
struct Literals {
  std::vector<std::string_view> texts;
  std::vector<std::vector<unsigned>> triggered;  // rows; none: of interest to the facts
  std::vector<bool> begins;                      // a row that begins reports has it
  std::vector<std::unique_ptr<RE2::Set>> sets;   // of these rows; null where they are few
  std::size_t escape = 0;                        // where ESC is: it is not looked for in clean text
};

// Many rows at once: half of the time for a line that says WARNING.
static std::unique_ptr<RE2::Set> set_of(const std::vector<unsigned>& triggered) {
  constexpr std::size_t kFew = 4;
  if (triggered.size() < kFew) return nullptr;
  auto set = std::make_unique<RE2::Set>(RE2::Options(), RE2::UNANCHORED);
  for (const unsigned index : triggered)
    set->Add(expand(rows()[index].pattern->line), nullptr);
  return set->Compile() ? std::move(set) : nullptr;
}

static Literals collect_literals() {
  std::map<std::string_view, std::vector<unsigned>> distinct;
  for (unsigned i = 0; i < rows().size(); ++i)
    distinct[rows()[i].pattern->trigger].push_back(i);
  for (const std::string_view text :
       {interest::kCanary, interest::kLost, interest::kBanner, interest::kPowerDown,
        interest::kRestart, interest::kAgent, interest::kFirmware, interest::kDecompressor,
        interest::kFuzzed, interest::kDump, interest::kMissed, interest::kInjected,
        std::string_view("\x1b")})
    distinct[text];
  for (const std::string_view text : interest::kOrderly)
    distinct[text];
  for (const std::string_view text : interest::kExplains)
    distinct[text];
  for (const std::string_view text : kBringsStack)
    distinct[text];
  Literals literals;
  for (const auto& [text, triggered] : distinct) {
    literals.texts.push_back(text);
    literals.triggered.push_back(triggered);
    literals.sets.push_back(set_of(triggered));
    literals.begins.push_back(std::ranges::any_of(
        triggered, [](unsigned row) { return !(rows()[row].pattern->flags & kRemains); }));
  }
  return literals;
}

static const Literals& literals() {
  static const Literals all = collect_literals();
  return all;
}

static const Prefilter& compiled_prefilter() {
  static const Prefilter prefilter(literals().texts);
  return prefilter;
}

Matcher::Matcher() : prefilter_(compiled_prefilter()) {}

void Matcher::suspects(std::string_view block, std::vector<std::size_t>& offsets) {
  hits_.clear();
  prefilter_.scan(block, hits_);
  for (const Prefilter::Hit& hit : hits_)
    if (offsets.empty() || offsets.back() != hit.last) offsets.push_back(hit.last);
}

// Rows of one literal that match, or may.
void Matcher::add_candidates(unsigned literal, std::string_view text) {
  const std::vector<unsigned>& triggered = literals().triggered[literal];
  const std::unique_ptr<RE2::Set>& set = literals().sets[literal];
  RE2::Set::ErrorInfo error{};
  matching_.clear();
  const bool known =
      set && (set->Match({text.data(), text.size()}, &matching_, &error) ||
              error.kind == RE2::Set::kNoError);  // else it ran out of memory, and says nothing
  if (!known)
    for (const unsigned row : triggered)
      candidates_.push_back({row, false});
  if (known)
    for (const int index : matching_)
      candidates_.push_back({triggered[static_cast<std::size_t>(index)], true});
}

// A false friend is none if the line is a panic, or says as a WARN() does in which function.
static bool shows_a_report(const Row& row, std::string_view text) {
  static const RE2 place(R"( at [a-zA-Z_][\w.]*\+0x[0-9a-f]+/0x[0-9a-f]+)");
  if (says_panic(text)) return true;
  return row.pattern->trigger == "WARNING: " &&
         RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), place);
}

Matcher::Sight Matcher::look(std::string_view text) {
  Sight sight;
  hits_.clear();
  candidates_.clear();
  prefilter_.scan(text, hits_);
  std::ranges::sort(hits_, {}, &Prefilter::Hit::literal);
  // Not std::ranges::unique: clang 14, which builds the fuzzers, has no subrange of g++ 12's.
  const auto same = [](const Prefilter::Hit& a, const Prefilter::Hit& b) {
    return a.literal == b.literal;
  };
  hits_.erase(std::unique(hits_.begin(), hits_.end(), same), hits_.end());
  for (const Prefilter::Hit& hit : hits_) {
    const bool of_facts = literals().triggered[hit.literal].empty();
    sight.interesting |= of_facts;
    sight.triggered |= literals().begins[hit.literal];
    if (!of_facts) add_candidates(hit.literal, text);
  }
  std::ranges::sort(candidates_, {}, &Candidate::row);
  for (const Candidate& candidate : candidates_) {
    const Row& row = rows()[candidate.row];
    const bool befriends_report = row.pattern->title.empty() && shows_a_report(row, text);
    const bool last_resort = (row.pattern->flags & kRemains) != 0;
    if (befriends_report || (sight.friendly && !last_resort)) continue;
    if (!candidate.matches && !row.matches(text)) continue;
    if (last_resort) {
      sight.remains = &row;
      break;
    }
    sight.row = row.pattern->title.empty() ? nullptr : &row;
    sight.friendly = !sight.row;
    sight.triggered = !sight.friendly;
    if (sight.row) break;
  }
  return sight;
}

}  // namespace kproof::console
