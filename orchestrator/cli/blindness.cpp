#include "cli/blindness.hpp"

#include <fmt/format.h>

#include "util/units.hpp"

namespace kproof::cli {

std::vector<std::string> blind_spots(const LogContent& log) {
  const console::Facts& facts = log.facts;
  std::vector<std::string> spots;
  const auto say = [&](std::size_t count, std::string_view form, const auto&... words) {
    if (count != 0) spots.push_back(fmt::format(fmt::runtime(form), words...));
  };
  say(!log.of_kernel && log.findings.empty(),
      "no line is a kernel's, by a time stamp, a banner, or a part of a report: perhaps this is no "
      "kernel's log");
  say(facts.lost_messages,
      "the kernel dropped {} before they were printed: what they said is not known",
      util::format_count(facts.lost_messages, "message"));
  say(log.lost_records, "{} missing between the first and the last: what they said is not known",
      util::format_count(log.lost_records, "record is", "records are"));
  say(log.malformed, "{} no records of /dev/kmsg, and were not read",
      util::format_count(log.malformed, "line is", "lines are"));
  say(facts.unbelieved,
      "{} the words of a kernel's report without its time stamp, and no report follows (the first "
      "is line {}): perhaps a program's, and not counted",
      util::format_count(facts.unbelieved, "line has", "lines have"), facts.first_unbelieved);
  say(facts.begins_amid,
      "the log begins amid a stack trace (line {}): what stood before it, and whose it is, is not "
      "known",
      facts.begins_amid);
  say(facts.dropped, "{} left out: they differ from the {} that are kept",
      util::format_count(facts.dropped, "more report was", "more reports were"),
      console::kMostFindings);
  return spots;
}

}  // namespace kproof::cli
