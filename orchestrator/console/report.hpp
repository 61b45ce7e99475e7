// The lines of one report, and what they say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "console/frames.hpp"
#include "console/rows.hpp"
#include "model/finding.hpp"

namespace kproof::console {

// A report that is being read. Holds at most kMostText bytes of text and kMostExcerpt of excerpt.
class Report {
 public:
  static constexpr std::size_t kMostText = 128 << 10;

  // `row` matched `text`, line `number`; `caller` is who printed it, "" if the kernel does not say;
  // `marked`: its prefix tells that the kernel printed it, so all lines of the report have one.
  Report(const Row& row, std::size_t number, std::string_view caller, bool marked,
         std::string_view text);

  // Does a line of this caller belong to it?
  bool wants(std::string_view caller, bool marked) const;
  void add(std::size_t number, std::string_view text);
  // The same report goes on: a panic behind an oops.
  void join(std::size_t number, std::string_view text);
  // A symbolizer repeats the first line for each function that was inlined there; the last names
  // the one whose code it is. True: `text` was such a repetition, and is the first line now.
  bool repeat(const Row& row, std::size_t number, std::string_view text);
  // Any line that was printed meanwhile, as it was.
  void show(std::size_t number, std::string_view raw);

  bool warm() const { return idle_ < kWarm; }
  bool full() const { return text_size_ > kMostText || idle_ > kCold; }
  // Another report of the same caller has begun. Only the search for a frame goes on: this one may
  // have been broken off by it (a WARNING of the code that prints a stall).
  void overtake() { overtaken_ = true; }
  // False: common words, and what makes them a finding did not follow.
  bool stands() const;
  bool overtaken() const { return overtaken_; }
  void mark_panicked() { panicked_ = true; }
  std::size_t start() const { return start_; }
  const Row& row() const { return *row_; }

  model::Finding describe() const;

 private:
  // Lines without a word of a report: so many, and what comes is not its tail; the report is over.
  static constexpr std::size_t kWarm = 25, kCold = 300;

  void follow_frames(std::size_t number, std::string_view text);

  const Row* row_;
  std::size_t start_, end_;
  std::string caller_;
  bool marked_;
  std::vector<ReportLine> lines_;
  std::size_t text_size_ = 0;
  std::size_t idle_ = 0;
  std::string excerpt_;
  std::size_t excerpt_end_ = 0;  // without the lines behind the last one that belongs
  bool panicked_ = false;
  bool other_cpus_ = false;  // backtraces of other CPUs are part of it
  bool overtaken_ = false;
  bool in_trace_ = false, trace_over_ = false;  // of what overtook it
  bool text_over_ = false;  // behind a panic, whose trace is no news; behind a foreign stack
};

}  // namespace kproof::console
