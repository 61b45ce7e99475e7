// Reports whose header is not there: their parts tell that something was wrong, unless a report or
// other words explain them.
#include <algorithm>

#include <re2/re2.h>

#include "console/trace_lines.hpp"
#include "console/tracker.hpp"

namespace kproof::console {

// "---[ end Kernel panic - not syncing: why ]---" is the panic itself where none was seen in this
// boot. null: one was, or `row` is of no panic.
const Row* Tracker::panic_of_its_end(Line& line, const Row& row) {
  constexpr std::string_view kBegins = "---[ end ", kEnds = " ]---";
  const bool end = row.pattern->trigger.starts_with(kBegins) && (row.pattern->flags & kOops);
  const bool reboots = row.pattern->trigger == "Rebooting in ";
  if ((!end && !reboots) || panics_ > panics_before_) return nullptr;
  line.remains = true;
  if (reboots) return &row;
  line.text.remove_prefix(line.text.find(kBegins) + kBegins.size());
  if (line.text.ends_with(kEnds)) line.text.remove_suffix(kEnds.size());
  const Row* panic = matcher_.look(line.text).row;
  return panic ? panic : &row;
}

// A log of somebody else that begins with frames began earlier.
void Tracker::note_beginning(const Line& line) {
  if (!foreign() || line.number > kFirst || facts_.begins_amid != 0 || !open_.empty()) return;
  if (!line.marked || line.number <= explained_) return;
  static const RE2 above(R"(^ *(?:Call [Tt]race|Backtrace):)");
  const re2::StringPiece text(line.text.data(), line.text.size());
  if (is_frame(line.text) || is_questionable(line.text) || RE2::PartialMatch(text, above))
    facts_.begins_amid = line.number;
}

// A header has just come, or a report takes the line.
bool Tracker::is_explained(const Line& line) const {
  return line.number <= explained_ || std::ranges::any_of(open_, [&](const Report& open) {
           return open.phase() != Phase::doubted && open.wants(line);
         });
}

// Nothing less than a header is believed without what marks a kernel's line, if others have it.
bool Tracker::may_be_remains(const Line& line, const Row& row) const {
  if (!line.trusted || is_diagnostic(line.text) || is_test_result(line.text)) return false;
  if (!line.marked && (line.doubtful || (row.pattern->flags & kMarked))) return false;
  Line copy = line;
  return !is_anothers(copy, row);
}

void Tracker::note_remains(const Line& line, const Row* row) {
  note_beginning(line);
  if (remains_) {
    if (remains_->wants(line)) remains_->add(line);
    remains_->show(line);
    if (remains_->full()) close_remains(false);
    return;
  }
  if (!row || !may_be_remains(line, *row)) return;
  // What begins a report begins one behind another, too; more than that, the other may print.
  only_at_end_ = is_explained(line);
  if (only_at_end_ && !row->pattern->trigger.starts_with("[ cut here")) return;
  remains_.emplace(*row, line);
  remains_->show(line);
}

// What follows a header is its report's.
void Tracker::give_way_to_header(const Line& header) {
  explained_ = std::max(explained_, header.number + kExplained);
  if (!remains_) return;
  const Row* named = remains_->named_by();
  const bool of_this_panic = header.remains && named && (named->pattern->flags & kComplaint);
  if (of_this_panic || remains_->may_begin_another(header)) remains_.reset();
  close_remains(false);
}

// `at_end`: of the log, or of this boot. The stream of records of our own guest may end there
// though the kernel went on, and its console has the rest; that ends so, too, where the guest is
// ended for what was found before.
void Tracker::close_remains(bool at_end) {
  if (!remains_) return;
  const Row* named = remains_->named_by();
  const bool cut = named && (named->pattern->flags & kBreaksOff) && at_end;
  const bool told = options_.source == model::Source::kmsg || (!foreign() && facts_.started > 0);
  if (named && !(cut && told) && (cut || !only_at_end_)) {
    ++facts_.started;
    oopses_ += (named->pattern->flags & kOops) != 0;
    findings_.record(remains_->describe());
  }
  remains_.reset();
}

}  // namespace kproof::console
