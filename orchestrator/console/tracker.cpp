#include "console/tracker.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "console/prose.hpp"
#include "util/hash.hpp"

namespace kproof::console {

static constexpr std::size_t kMostProblem = 500;  // bytes

void Tracker::line(Line line) {
  Matcher::Sight sight = matcher_.look(line.text);
  const bool notice = line.raw.find(interest::kLost) != line.raw.npos ||
                      line.raw.find(interest::kMissed) != line.raw.npos;  // before the time stamp
  if (sight.interesting || notice) note_facts(line);
  if (line.from_user) return;
  if (!sight.row && sight.triggered && foreign()) sight.row = row_behind_prefix(line);
  const bool begins = sight.row && starts(*sight.row, line);
  const bool rest =
      !sight.row && foreign() && broken_.goes_on_in(line) && (mend_header(line) || mend_line(line));
  if (!rest) note_line(line, begins ? sight.row : nullptr);
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
  if (open && row == &report->row() && !broken_.surely_goes_on_in(line)) return false;
  if (open && row->pattern->joining() == Joining::none) {
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
    const Row* row = matcher_.look(line.text.substr(at)).row;
    if (!row) continue;
    line.quoted = !is_foreign_prefix(line.text.substr(0, at)) || is_quoted(line.text, at);
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

// The kernel prints the notice without a time stamp, and the next line may stand behind it.
static std::size_t lost_in(std::string_view raw) {
  static const RE2 notice(
      R"((?:\*\* |Missed )([0-9]+) (?:printk messages dropped|kernel messages))");
  std::size_t lost = 0;
  const bool found = RE2::PartialMatch(re2::StringPiece(raw.data(), raw.size()), notice, &lost);
  return found ? lost : 0;
}

void Tracker::note_facts(const Line& line) {
  if (line.trusted) note_agent(line);
  note_orderly(line);
  if (line.from_user) return;
  facts_.lost_messages += lost_in(line.raw);
  fuzzed_ |= line.text.find(interest::kFuzzed) != line.text.npos;
  note_firmware(line);
  note_dump_kernel(line);
  if (!line.trusted) return;
  note_test(line);
  const bool power_down = line.text.starts_with(interest::kPowerDown);
  facts_.power_down |= power_down;
  facts_.powered_off |= power_down && facts_.canary_end;
  facts_.restarting |= line.text.starts_with(interest::kRestart);
  if (line.text.starts_with(interest::kBanner)) note_banner(line);
}

// A canary is a program's line by nature: it comes through /dev/kmsg. Where findings need a time
// stamp, so does the canary: without one it shows that we are blind.
void Tracker::note_agent(const Line& line) {
  if (line.text.starts_with(interest::kAgent) && facts_.agent_problem.empty())
    facts_.agent_problem = line.text.substr(interest::kAgent.size(), kMostProblem);
  if (options_.nonce.empty()) return;
  const std::string canary = std::string(interest::kCanary) + options_.nonce;
  facts_.canary_begin |= line.text == canary + " begin";
  facts_.canary_end |= line.text == canary + " end";
}

// In our own guests nothing makes a reboot expected. systemd and journalctl say it as well as the
// kernel.
void Tracker::note_orderly(const Line& line) {
  if (options_.stamps == Stamps::required) return;
  orderly_ |= std::ranges::any_of(interest::kOrderly, [&](std::string_view words) {
    return line.raw.find(words) != line.raw.npos;
  });
}

// KUnit's results stand in the kernel's log, as Documentation/dev-tools/ktap.rst has them.
void Tracker::note_test(const Line& line) {
  static const RE2 failed(R"(^\s*not ok [0-9]+ (?:- )?([^#]*))");
  static const RE2 excused(
      "# (?:SKIP|TO"
      "DO)");
  const re2::StringPiece text(line.text.data(), line.text.size());
  re2::StringPiece name;
  if (line.doubtful || !RE2::PartialMatch(text, failed, &name)) return;
  if (RE2::PartialMatch(text, excused)) return;
  constexpr std::size_t kLongest = 100;
  if (++facts_.failed_tests == 1) facts_.first_failed_test = name.substr(0, kLongest).ToString();
}

// Firmware behind a kernel's words, or a fuzzer's: text of a host's tools may well stand before the
// first boot. In our own guests anyone may print such a line, and a reboot shows by the banner, or
// by the end of the guest.
void Tracker::note_firmware(const Line& line) {
  const bool firmware =
      line.text.starts_with(interest::kFirmware) || line.text.ends_with(interest::kDecompressor);
  if (!firmware || line.usec || options_.stamps == Stamps::required) return;
  if (!first_usec_ && facts_.boots == 0 && !fuzzed_) return;
  if (!rebooting_) orderly_ ? new_boot() : note_reboot(line);
  rebooting_ = true;
}

// A banner behind another, or behind a later time, says that the kernel has started anew.
void Tracker::note_banner(const Line& line) {
  stamps_ = line.usec.has_value();
  if (line.doubtful && !rebooting_) return;  // "cat /proc/version" prints the same
  const bool reboot = facts_.boots > 0 || (first_usec_ && *first_usec_ > line.usec.value_or(0));
  ++facts_.boots;
  constexpr std::size_t kLongest = 100;
  const std::string_view release = line.text.substr(interest::kBanner.size());
  facts_.release = release.substr(0, std::min(release.find(' '), kLongest));
  facts_.banner = release.substr(0, 512);
  if (facts_.banners.size() < 16 && std::ranges::count(facts_.banners, facts_.banner) == 0)
    facts_.banners.push_back(facts_.banner);
  const bool died = foreign() && panics_ > panics_before_;  // what comes is no surprise
  if (reboot && !rebooting_) orderly_ || line.stored || died ? new_boot() : note_reboot(line);
  orderly_ = rebooting_ = false;
  panics_before_ = panics_;
}

static model::Finding unexpected_reboot() {
  model::Finding finding;
  finding.title = finding.syzbot_title = "unexpected kernel reboot";
  finding.type = type_of(finding.title);
  finding.fingerprint = util::Hasher().add(finding.title).hex().substr(0, 16);
  return finding;
}

// The kernel that saves the memory of one that died starts at once, behind its last line: that is
// what had to come, and the oops before it says why.
void Tracker::note_dump_kernel(const Line& line) {
  constexpr std::size_t kSoon = 8;  // lines behind the banner
  if (reboot_line_ == 0 || line.number > reboot_line_ + kSoon) return;
  if (line.text.find(interest::kDump) == line.text.npos) return;
  if (line.text.find("ommand line: ") == line.text.npos) return;
  findings_.take_back(unexpected_reboot());
  --facts_.started;
  reboot_line_ = 0;
}

void Tracker::new_boot() {
  close_all();
  findings_.boot();
}

void Tracker::note_reboot(const Line& line) {
  close_all();
  model::Finding finding = unexpected_reboot();
  finding.start_line = finding.end_line = line.number;
  finding.excerpt = std::string(line.raw.substr(0, kMostExcerpt)) + "\n";
  ++facts_.started;
  reboot_line_ = oopses_ > 0 && foreign() ? line.number : 0;
  findings_.record(std::move(finding));
  findings_.boot();
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

static bool is_panic(const Row& row) {
  return row.pattern->trigger == "Kernel panic - not syncing";
}

static bool is_complete(const Row& row) {
  return (row.pattern->flags & kBare) && !(row.pattern->flags & kOops);
}

void Tracker::note_row(const Line& line, const Row& row) {
  const bool quoted = line.quoted || (foreign() && !line.marked &&
                                      (is_quoted(line.text, line.text.find(row.pattern->trigger)) ||
                                       is_in_sentence(line.text, row.begins_in(line.text))));
  const bool doubted = quoted || (line.doubtful && (stamps_ || !is_complete(row)));
  if (!doubted) believe(row);
  if ((row.pattern->flags & kSingle) && !doubted) return note_single(line, row);
  Report* open = open_for(line);
  const bool goes_on = open && open->is_quotation() && !line.marked &&
                       open->start() + 1 == line.number && open->is_told();
  if (quoted || goes_on) return note_quotation(open, line, row);
  if (open && open->is_quotation()) {
    close(*open);
    open = nullptr;
  }
  if (open && (open->heralds(row, line) || open->take_message(row, line) || open->join(row, line) ||
               open->repeat(row, line))) {
    if (doubted && open->phase() != Phase::doubted) believe(row);
    return;
  }
  if (open) give_way(*open, line);
  start(row, line, doubted ? Trust::doubted : Trust::believed);
  if (!doubted && is_panic(row)) open_.back().mark_panicked();
}

// Words of a program, until what only a kernel prints follows: they go on with no report, and
// amid the lines of one they begin none.
void Tracker::note_quotation(Report* open, const Line& line, const Row& row) {
  const bool told = is_prose(line.text) || is_in_sentence(line.text, row.begins_in(line.text));
  if (open && open->is_doubtful_header() && told) unbelieve(*open);
  if (open && open->phase() == Phase::printing) return extend(*open, line);
  if (open) close(*open);
  start(row, line, Trust::quoted);
}

void Tracker::believe(const Row& row) {
  oopses_ += (row.pattern->flags & kOops) != 0;
  if (!is_panic(row)) return;
  ++panics_;
  for (Report& report : open_)
    report.mark_panicked();
  findings_.panic();
}

// A sentence behind a bare header: somebody tells what a kernel said.
void Tracker::unbelieve(Report& report) {
  report.quote();
  --facts_.started;
  oopses_ -= (report.begun_by().pattern->flags & kOops) != 0;
  panics_ -= is_panic(report.begun_by());
}

void Tracker::extend(Report& report, const Line& line) {
  if (foreign() && report.is_doubtful_header() && is_prose(line.text)) unbelieve(report);
  const bool doubted = report.phase() == Phase::doubted;
  report.add(line);
  if (doubted && report.phase() != Phase::doubted) believe(report.row());
}

// A report that may go on around this line does.
void Tracker::note_single(const Line& line, const Row& row) {
  ++facts_.started;
  Report report(row, line);
  report.show(line);
  findings_.record(report.describe());
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
  const bool said = !report.quoted() || report.quoted_by_words_only();
  if (report.phase() == Phase::doubted && said && ++facts_.unbelieved == 1)
    facts_.first_unbelieved = report.start();
  if (report.stands()) findings_.record(report.describe());
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(index));
}

void Tracker::close_stale() {
  for (std::size_t i = open_.size(); i-- > 0;)
    if (open_[i].full()) close(i);
}

void Tracker::close_all() {
  while (!open_.empty())
    close(0);
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
