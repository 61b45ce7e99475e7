// What tests of whole logs share.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "console/analyzer.hpp"

namespace kproof::console {

using Titles = std::vector<std::string>;

inline Analyzer analyze(std::string_view log, Options options = {}) {
  Analyzer analyzer(std::move(options));
  analyzer.feed(log);
  analyzer.finish();
  return analyzer;
}

inline Titles titles(const Analyzer& analyzer) {
  Titles titles;
  for (const model::Finding& finding : analyzer.findings())
    titles.push_back(finding.title);
  return titles;
}

inline Titles titles(std::string_view log) {
  return titles(analyze(log));
}

// Lines with time stamps from `usec` on, one microsecond apart; 0: without.
inline std::string printed(std::uint64_t usec, const std::vector<std::string>& lines,
                           const std::string& caller = "") {
  std::string log;
  for (const std::string& line : lines) {
    if (usec != 0) log += fmt::format("[{:5}.{:06}]{} ", usec / 1000000, usec % 1000000, caller);
    log += line + "\n";
    usec += usec != 0;
  }
  return log;
}

// What a report of x86 goes on with, behind its header.
inline const std::vector<std::string> kPrintedTrace = {
    "CPU: 3 PID: 77 Comm: zorkd Not tainted 6.1.0 #1",
    "RIP: 0010:zork_frob+0x42/0x50",
    "Call Trace:",
    " <TASK>",
    " zork_frob+0x42/0x50",
    " zork_ioctl+0x9b/0x230",
    " do_syscall_64+0x5e/0x80",
    " </TASK>"};

}  // namespace kproof::console
