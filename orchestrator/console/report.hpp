// The lines of one report, and what they say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "console/frames.hpp"
#include "console/phase.hpp"
#include "console/rows.hpp"
#include "console/shape.hpp"
#include "model/finding.hpp"

namespace kproof::console {

class Broken;

// One line, clean, without its prefix.
struct Line {
  std::size_t number = 0;  // 1-based
  std::optional<std::uint64_t> usec;
  std::string_view caller;
  std::string_view text;
  std::string_view raw;    // for excerpts
  bool marked = true;      // by something that only the kernel's lines have (Prefix)
  bool trusted = true;     // false: it may go on with a report, and never starts one
  bool doubtful = false;   // it may start one: if complete in itself, or if what follows is
  bool quoted = false;     // and so are its words, perhaps: they do not count if nothing follows
  bool remains = false;    // the header, which it repeats, is not there
  bool told = false;       // words of a sentence stand in front of what its row matches
  bool of_test = false;    // "# ...": what a test says of itself (is_diagnostic())
  bool stored = false;     // by a daemon that keeps what many boots said (syslog, a journal)
  bool shown = false;      // a command that somebody typed shows it, with a log
  bool from_user = false;  // known to be a program's: only canaries are looked for
};

enum class Trust {
  believed,  // its first line is the kernel's
  doubted,   // it may be a program's
  quoted,    // it probably is, and does not count if nothing follows
};

// A report that is being read. Holds at most kMostText bytes of text and kMostExcerpt of excerpt.
class Report {
 public:
  static constexpr std::size_t kMostText = 128 << 10;

  // `row` matched `line`. A header that its prefix marks as the kernel's has only such lines.
  Report(const Row& row, const Line& line, Trust trust = Trust::believed);

  // Does a line of this caller belong to it?
  bool wants(const Line& line) const;
  bool is_of(const Line& line) const { return line.caller == caller_; }
  // Its caller's, while that prints it and the registers behind its end: then the line is no
  // report's of another.
  bool owns(const Line& line) const;
  void add(const Line& line);
  // The same report goes on: a panic behind an oops. False: it does not.
  bool join(const Row& row, const Line& line);
  // A symbolizer repeats the first line for each function that was inlined there; the last names
  // the one whose code it is. True: `line` was such a repetition, and is the first line now.
  bool repeat(const Row& row, const Line& line);
  // The header of the WARN() or BUG() whose message this report is so far: it is the first line
  // now.
  bool heralds(const Row& row, const Line& line);
  // Goes on with the message of a WARN() in the middle of it: up to 4.3 that followed the header.
  bool take_message(const Row& row, const Line& line);
  // Takes prefixes of this shape off its lines; the first may then be another row's.
  void strip(const Shape& shape);
  void rename(const Row& row) { row_ = &row; }
  // The row of its header as it was first read.
  const Row& begun_by() const { return *begun_by_; }
  // Its header is a panic, whatever row has read it.
  bool begun_by_panic() const { return begun_by_panic_; }
  std::string_view header() const { return lines_.front().text; }
  // Nothing but the header is there, which is this line.
  bool is_header_alone(std::size_t number) const {
    return lines_.size() == 1 && lines_.front().number == number;
  }
  // So far a header that nothing marks as the kernel's, and empty lines.
  bool is_doubtful_header() const;
  bool is_told() const { return told_; }
  // It is a program's or a person's words, until what only a kernel prints follows.
  void quote();
  // Its header went on in the next line, and is `whole`, of this row.
  void widen(const Row& row, std::string_view whole, const Line& rest);
  // Its last line did. False: that is not `broken`.
  bool mend(const Broken& broken, const Line& rest);
  // Any line that was printed meanwhile, as it was.
  void show(const Line& line);

  // Another report of the same caller has begun. Only the search for a function goes on: this one
  // may have been broken off by it (a WARNING of the code that prints a stall).
  void give_way() { phase_ = behind_header_of_another(phase_); }
  bool full() const;
  Phase phase() const { return phase_; }
  bool quoted() const { return quoted_; }
  // A kernel's line may look so: only words of a sentence say that it is a quotation, or "# " does,
  // which is a prompt, too, and nothing has to follow.
  bool quoted_by_chance() const {
    return quoted_ && (unbelieved_ || is_told() || (of_test_ && begun_by_->is_complete()));
  }
  // A program's words, as far as is known.
  bool is_quotation() const { return quoted_ && phase_ == Phase::doubted; }
  // Can lines go on with it, but for its stack?
  bool open() const { return phase_ < Phase::overtaken; }
  // False: common words, and what makes them a finding did not follow.
  bool stands() const;
  // The row that names it; null: none, and it does not stand.
  const Row* named_by() const;
  // So far only what a report may well begin with.
  bool may_begin_another(const Line& header) const;
  void mark_panicked() { panicked_ = true; }
  std::size_t start() const { return start_; }
  const Row& row() const { return *row_; }

  model::Finding describe() const;

 private:
  // Lines without a word of a report: so many, and what comes is not its tail; the report is over.
  static constexpr std::size_t kWarm = 25, kCold = 300;
  static constexpr std::size_t kDoubted = 12;  // so many until a doubted one has shown itself

  LineKind kind_of(const Line& line) const;
  void ask(std::string_view text);
  bool asked(std::string_view caller) const;
  bool is_near(const Line& line) const;
  bool is_reason(std::string_view panic) const;

  const Row *row_, *begun_by_;
  Phase phase_;
  std::size_t start_, end_;
  std::optional<std::uint64_t> end_usec_;
  std::string caller_;
  bool marked_, quoted_, told_, of_test_, remains_, begun_by_panic_;
  bool unbelieved_ = false;  // by quote()
  struct Cpus {
    unsigned first = 0, last = 0;
  };
  std::vector<Cpus> asked_;  // CPUs whose backtraces are part of it
  bool panicked_ = false;
  std::vector<ReportLine> lines_;
  std::size_t text_size_ = 0;
  std::size_t idle_ = 0;
  std::string excerpt_;
  std::size_t excerpt_end_ = 0;  // without the lines behind the last one that belongs
};

}  // namespace kproof::console
