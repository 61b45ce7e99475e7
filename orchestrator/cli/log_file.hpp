// The log that `kproof analyze` reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "console/analyzer.hpp"
#include "model/finding.hpp"

namespace kproof::cli {

struct LogContent {
  std::vector<model::Finding> findings;
  console::Facts facts;
  // Of a log of /dev/kmsg records; 0 in any other.
  std::size_t lost_records = 0;  // missing between the first and the last
  std::size_t malformed = 0;     // lines that are no records
  std::uint64_t first_record = 0;
  bool of_kernel = false;  // a line of it shows that: a time stamp, a banner, a part of a report
};

// Reads all of a file, "-" for standard input: text of a console, of dmesg, of a journal, or
// records as /dev/kmsg gives them, which the first lines tell. ConfigError for what is no log: in
// such a file nothing would be found, and that would look like a clean one.
LogContent read_log(const std::string& file);

}  // namespace kproof::cli
