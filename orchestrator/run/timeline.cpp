#include "run/timeline.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "console/kmsg.hpp"

namespace kproof::run {

namespace {
struct Entry {
  std::int64_t usec;  // of the host's clock
  int level;
  std::string text;
};
}  // namespace

// A record starts where a line does not start with a blank (a continuation has " KEY=value").
static void add_records(const LevelLog& log, std::vector<Entry>& entries) {
  std::istringstream lines(log.kmsg);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == ' ') continue;
    const auto record = console::parse_kmsg(line);
    if (!record) continue;
    std::istringstream texts(record->text);
    for (std::string text; std::getline(texts, text);)
      entries.push_back(
          {static_cast<std::int64_t>(record->usec) + *log.clock_offset, log.level, text});
  }
}

std::string timeline(const std::vector<LevelLog>& logs) {
  std::vector<Entry> entries;
  for (const LevelLog& log : logs)
    if (log.clock_offset) add_records(log, entries);
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.usec < b.usec; });
  const std::int64_t origin = logs.empty() ? 0 : logs.front().clock_offset.value_or(0);
  std::string text;
  for (const Entry& entry : entries)
    text += fmt::format("[{:>12.6f}] L{} {}\n", static_cast<double>(entry.usec - origin) / 1e6,
                        entry.level, entry.text);
  return text;
}

}  // namespace kproof::run
