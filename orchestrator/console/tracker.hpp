// Lines in, findings out: what console and kmsg have in common.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "console/analyzer.hpp"
#include "console/findings.hpp"
#include "console/report.hpp"
#include "console/rows.hpp"
#include "console/shape.hpp"
#include "console/wrapped.hpp"

namespace kproof::console {

class Tracker {
 public:
  explicit Tracker(const Options& options) : options_(options), findings_(options) {}

  void line(Line line);
  // What stands in front of the lines is known now.
  void strip(const Shape& shape);
  void close_all();
  bool reading_report() const { return !open_.empty() || broken_.open(); }
  // The next line, whatever it says.
  bool wants_line() const { return reading_report() || remains_ || facts_.lines < kFirst; }

  std::vector<model::Finding> findings() const;
  Facts facts() const;
  void set_lines(std::size_t lines) { facts_.lines = lines; }
  Matcher& matcher() { return matcher_; }
  // `line`: that has it, as far as it is known.
  void note_first_stamp(std::uint64_t usec, std::string_view line);

 private:
  // So many lines behind a report, or words that explain a stack, it may yet come.
  static constexpr std::size_t kExplained = 32;
  static constexpr std::size_t kFirst = 3;     // lines, that show where the log begins
  static constexpr std::size_t kMostOpen = 8;  // reports that are printed at the same time

  void note_facts(const Line& line);
  void note_agent(const Line& line);
  void note_firmware(const Line& line);
  void note_banner(const Line& line);
  bool is_another_machine(const Line& line);
  void note_reboot(const Line& line);
  void note_dump_kernel(const Line& line);
  void new_boot();
  void note_orderly(const Line& line);
  void note_injected(const Line& line);
  bool tells_of_injected(const Line& line) const;
  const Row* row_behind_prefix(Line& line);
  void note_line(const Line& line, const Row* row);
  const Row* panic_of_its_end(Line& line, const Row& row);
  void note_beginning(const Line& line);
  bool is_explained(const Line& line) const;
  bool may_be_remains(const Line& line, const Row& row) const;
  void note_remains(const Line& line, const Row* row);
  void give_way_to_header(const Line& header);
  void close_remains(bool at_end);
  bool mend_header(const Line& line);
  bool mend_line(const Line& line);
  bool is_anothers(Line& line, const Row& row) const;
  void note_row(Line line, const Row& row);
  void note_quotation(Report* open, const Line& line, const Row& row);
  void extend(Report& report, const Line& line);
  void believe(const Row& row, bool panic);
  void unbelieve(Report& report);
  void unbelieve_header(const Report& report);
  void note_single(const Line& line, const Row& row);
  void note_selftest(const Line& line, const Row& row);
  void give_way(Report& report, const Line& line);
  void start(const Row& row, const Line& line, Trust trust);
  // The log may be anyone's, and of any kernel.
  bool foreign() const { return options_.stamps == Stamps::automatic; }
  bool starts(const Row& row, const Line& line) const;
  void close(std::size_t index);
  void close(const Report& report);  // one of open_
  void close_stale();
  Report* open_for(const Line& line);

  const Options& options_;
  Matcher matcher_;
  Facts facts_;
  std::vector<Report> open_;
  Broken broken_;
  std::optional<Report> remains_;  // of a report whose header is not there
  bool only_at_end_ = false;       // remains_ counts if nothing follows
  std::size_t explained_ = 0;      // the line up to which stacks are somebody's who is known
  Findings findings_;
  std::optional<std::uint64_t> first_usec_;
  // Headers of oopses and of panics that are believed; those before this boot.
  std::size_t oopses_ = 0, panics_ = 0, panics_before_ = 0;
  std::vector<std::string> machines_;  // that booted, or printed first (machine_of())
  bool fuzzed_ = false;                // a fuzzer writes to this console, so a kernel runs
  bool stamps_ = false;                // this boot's banner had a time stamp: so have all its lines
  bool bare_ = false;                  // a line without a time stamp was believed in this boot
  std::vector<std::string> injected_;  // page frames whose failure a program asked for, in hex
  bool orderly_ = false;               // the machine was told to go down
  std::size_t reboot_line_ = 0;        // of a reboot behind an oops; 0: none
  bool rebooting_ = false;  // firmware has told it: the banner behind it is no second reboot
};

}  // namespace kproof::console
