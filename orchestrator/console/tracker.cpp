#include "console/tracker.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "console/prose.hpp"
#include "console/trace_lines.hpp"

namespace kproof::console {

void Tracker::line(Line line) {
  Matcher::Sight sight = matcher_.look(line.text);
  const bool notice = line.raw.find(interest::kLost) != line.raw.npos ||
                      line.raw.find(interest::kMissed) != line.raw.npos;  // before the time stamp
  if (sight.interesting || notice) note_facts(line);
  if (line.from_user) return;
  if (sight.row && tells_of_injected(line)) sight = {.friendly = true};
  line.of_test = sight.triggered && is_diagnostic(line.text);
  line.quoted = sight.triggered && is_test_result(line.text);
  if (!sight.row && sight.triggered && foreign()) sight.row = row_behind_prefix(line);
  if (sight.remains && !sight.row) sight.row = panic_of_its_end(line, *sight.remains);
  const bool begins = sight.row && starts(*sight.row, line);
  // Set in (Analyzer): a quotation, and if not, nothing shows it.
  const bool told = sight.row && !(sight.row->pattern->flags & (kMarked | kComplaint));
  if (told && foreign() && !line.trusted && !is_anothers(line, *sight.row) &&
      ++facts_.unbelieved == 1)
    facts_.first_unbelieved = line.number;
  const bool rest =
      !sight.row && foreign() && broken_.goes_on_in(line) && (mend_header(line) || mend_line(line));
  if (begins) give_way_to_header(line);
  if (!rest) note_line(line, begins ? sight.row : nullptr);
  note_remains(line, sight.row ? nullptr : sight.remains);
  for (Report& report : open_)
    report.show(line);
  close_stale();
  if (!rest && foreign()) broken_.remember(line, sight.triggered || sight.friendly);
}

void Tracker::note_line(const Line& line, const Row* row) {
  if (row) return note_row(line, *row);
  const bool owned =
      std::ranges::any_of(open_, [&](const Report& open) { return open.owns(line); });
  for (Report& report : open_)
    if (report.wants(line) && (!owned || report.is_of(line))) extend(report, line);
}

// The header of a report, or what would be one if it were whole: its row is known only now.
bool Tracker::mend_header(const Line& line) {
  if (!broken_.open()) return false;
  const auto report = std::ranges::find_if(
      open_, [&](const Report& open) { return open.is_header_alone(broken_.number()); });
  const bool open = report != open_.end();
  const std::string whole = broken_.with(open ? report->header() : broken_.text(), line);
  const Row* row = matcher_.look(whole).row;
  Line mended = broken_.as_line(whole);
  if (!row || !starts(*row, mended)) return false;
  give_way_to_header(line);
  if (open && row == &report->row() && !broken_.surely_goes_on_in(line)) return false;
  const bool believed = open && report->phase() != Phase::doubted;
  if (believed) unbelieve_header(*report);
  if (open && row->pattern->joining() == Joining::none) {
    facts_.started += believed;
    if (believed) believe(*row, says_panic(whole));
    report->widen(*row, whole, line);
  } else {
    if (open) open_.erase(report);
    const std::string both = fmt::format("{}\n{}", mended.raw, line.raw);
    if (row->pattern->flags & kSingle) mended.raw = both;
    note_row(mended, *row);
    for (Report& begun : open_)
      if (begun.is_header_alone(mended.number)) {
        begun.show(mended);
        begun.widen(*row, whole, line);
      }
  }
  broken_.widen(line, whole);
  return true;
}

// A line amid a report.
bool Tracker::mend_line(const Line& line) {
  if (!broken_.surely_goes_on_in(line)) return false;
  bool mended = false;
  for (Report& report : open_)
    mended |= report.mend(broken_, line);
  if (mended) broken_.widen(line, "");
  return mended;
}

// Rows that want the beginning of a line find it behind a prefix that nobody knows. What such a
// line begins must show to be a kernel's.
const Row* Tracker::row_behind_prefix(Line& line) {
  constexpr std::size_t kMostTries = 8, kFarthest = 120;
  constexpr std::string_view kSeparators = " \t;>|])";
  std::size_t tries = 0;
  for (std::size_t at = 1; at < std::min(line.text.size(), kFarthest) && tries < kMostTries; ++at) {
    if (kSeparators.find(line.text[at - 1]) == line.text.npos || line.text[at] == ' ') continue;
    ++tries;
    const Matcher::Sight sight = matcher_.look(line.text.substr(at));
    if (sight.friendly) return nullptr;  // whatever its end alone looks like
    const Row* row = sight.row;
    if (!row || (row->pattern->flags & kSelftest)) continue;
    line.quoted |= !is_foreign_prefix(line.text.substr(0, at)) || is_quoted(line.text, at);
    line.text.remove_prefix(at);
    return row;
  }
  return nullptr;
}

void Tracker::strip(const Shape& shape) {
  for (Report& report : open_) {
    report.strip(shape);
    if (const Row* row = matcher_.look(report.header()).row) report.rename(*row);
  }
}

bool Tracker::starts(const Row& row, const Line& line) const {
  const unsigned flags = row.pattern->flags;
  if ((flags & kForeign) && foreign()) return true;
  return line.trusted && (line.marked || !(flags & kMarked));
}

// The report of the line's own caller before one that takes other CPUs' lines, too.
Report* Tracker::open_for(const Line& line) {
  Report* other = nullptr;
  for (Report& report : open_) {
    if (!report.open() || !report.wants(line)) continue;
    if (report.is_of(line)) return &report;
    if (!other) other = &report;
  }
  return other;
}

// Has somebody else the word in it? Where nothing marks the line as the kernel's, more shows that.
// Sets `told`, too: words, or a format, alone show it.
bool Tracker::is_anothers(Line& line, const Row& row) const {
  const std::size_t trigger = line.text.find(row.pattern->trigger);
  const bool anyones = foreign() && !line.marked;
  const bool quoted =
      anyones ? is_quoted(line.text, trigger) : foreign() && is_in_marks(line.text, trigger);
  const bool in_sentence =
      anyones && trigger != 0 && is_in_sentence(line.text, row.begins_in(line.text));
  line.told = in_sentence || (anyones && !quoted && is_format(line.text));
  return quoted || line.quoted || line.told || line.of_test;
}

void Tracker::note_row(Line line, const Row& row) {
  if (row.pattern->flags & kSelftest) return note_selftest(line, row);
  const bool quoted = is_anothers(line, row);
  const bool panic = says_panic(line.text);
  // A panic is complete, too, where the kernel is known to print without time stamps.
  const bool complete = row.is_complete() || (panic && bare_);
  const bool doubted = quoted || (line.doubtful && (stamps_ || !complete));
  bare_ |= line.doubtful && !doubted;
  if (!doubted) believe(row, panic);
  if ((row.pattern->flags & kSingle) && !doubted) return note_single(line, row);
  Report* open = open_for(line);
  const bool goes_on = open && open->is_quotation() && !line.marked &&
                       open->start() + 1 == line.number && open->is_told();
  line.told |= goes_on;
  if (quoted || goes_on) return note_quotation(open, line, row);
  if (open && open->is_quotation()) {
    close(*open);
    open = nullptr;
  }
  if (open && (open->heralds(row, line) || open->take_message(row, line) || open->join(row, line) ||
               open->repeat(row, line))) {
    if (doubted && open->phase() != Phase::doubted) believe(row, panic);
    return;
  }
  if (open) give_way(*open, line);
  start(row, line, doubted ? Trust::doubted : Trust::believed);
  if (!doubted && panic) open_.back().mark_panicked();
}

// Words of a program, until what only a kernel prints follows: they go on with no report, and
// amid the lines of one they begin none.
void Tracker::note_quotation(Report* open, const Line& line, const Row& row) {
  if (open && open->is_doubtful_header() && (line.told || is_prose(line.text))) unbelieve(*open);
  if (open && open->phase() == Phase::printing) return extend(*open, line);
  if (open) close(*open);
  start(row, line, Trust::quoted);
}

// `panic`: says_panic() of the line that was believed: rows of stalls and faults match it first.
void Tracker::believe(const Row& row, bool panic) {
  oopses_ += (row.pattern->flags & kOops) != 0;
  if (!panic) return;
  ++panics_;
  for (Report& report : open_)
    report.mark_panicked();
  findings_.panic();
}

// A sentence behind a bare header: somebody tells what a kernel said.
void Tracker::unbelieve(Report& report) {
  report.quote();
  unbelieve_header(report);
}

void Tracker::unbelieve_header(const Report& report) {
  --facts_.started;
  oopses_ -= (report.begun_by().pattern->flags & kOops) != 0;
  panics_ -= report.begun_by_panic();
}

void Tracker::extend(Report& report, const Line& line) {
  if (foreign() && report.is_doubtful_header() && is_prose(line.text)) unbelieve(report);
  const bool doubted = report.phase() == Phase::doubted;
  report.add(line);
  if (doubted && report.phase() != Phase::doubted) believe(report.row(), report.begun_by_panic());
}

// A report that may go on around this line does.
void Tracker::note_single(const Line& line, const Row& row) {
  ++facts_.started;
  Report report(row, line);
  report.show(line);
  if (says_panic(line.text)) report.mark_panicked();
  findings_.record(report.describe());
}

// Not of a program's test, which a console may show as well; nor a skip, nor what was to fail.
void Tracker::note_selftest(const Line& line, const Row& row) {
  static const RE2 excused(R"((?i)\s#\s*(?:SKIP|TO)"
                           R"(DO|XFAIL))");
  if (line.doubtful || RE2::PartialMatch({line.text.data(), line.text.size()}, excused)) return;
  note_single(line, row);
}

// Told apart by their callers, a report may find its frame even behind the start of the next.
void Tracker::give_way(Report& report, const Line& line) {
  if (!line.caller.empty() && report.describe().frame.empty())
    report.give_way();
  else
    close(report);
}

void Tracker::start(const Row& row, const Line& line, Trust trust) {
  facts_.started += trust == Trust::believed ? 1 : 0;
  if (open_.size() == kMostOpen) close(0);
  open_.emplace_back(row, line, trust);
}

void Tracker::close(const Report& report) {
  close(static_cast<std::size_t>(&report - open_.data()));
}

void Tracker::close(std::size_t index) {
  const Report& report = open_[index];
  const bool said = !report.quoted() || report.quoted_by_chance();
  if (report.phase() == Phase::doubted && said && ++facts_.unbelieved == 1)
    facts_.first_unbelieved = report.start();
  if (report.stands()) findings_.record(report.describe());
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(index));
}

void Tracker::close_stale() {
  for (std::size_t i = open_.size(); i-- > 0;)
    if (open_[i].full()) {
      explained_ = std::max(explained_, facts_.lines + kExplained);  // it may go on all the same
      close(i);
    }
}

void Tracker::close_all() {
  while (!open_.empty())
    close(0);
  close_remains(true);
}

std::vector<model::Finding> Tracker::findings() const {
  Findings all = findings_;
  for (const Report& report : open_)
    if (report.stands()) all.record(report.describe());
  return all.sorted();
}

Facts Tracker::facts() const {
  Facts facts = facts_;
  facts.oopsed = oopses_ > 0;
  facts.panicked = panics_ > 0;
  facts.dropped = findings_.dropped();
  return facts;
}

}  // namespace kproof::console
