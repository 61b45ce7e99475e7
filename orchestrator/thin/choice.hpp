// Which files of old run directories may go. Pure.
//
// Only logs may: what lies in the directories of cells, but for cell.json. results.json, junit.xml,
// report.html, manifest.json and the kernels' configs stay, whatever happens, so that a run can be
// judged, compared and told for ever. All that belongs to a cell of which any repetition is not as
// expected stays, too, be it the kernel's fault or the host's; and all of a run that did not end,
// as it can go on.
//
// Logs of passing cells go first, those of the oldest runs before others; then those of cells that
// are no pass, as the plan says.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace kproof::thin {

enum class Use : std::uint8_t {
  passed,    // of a plain pass
  expected,  // of a cell that is no pass, as the plan says
  needed,    // never goes
};

struct File {
  std::filesystem::path path;
  std::uint64_t bytes = 0;
  Use use = Use::needed;
};

struct OldRun {
  std::filesystem::path directory;
  std::string ended;        // UTC, ISO 8601; "" where it did not end: nothing of it goes
  std::uint64_t bytes = 0;  // of all that it holds
  std::vector<File> files;  // of cells
};

struct Rules {
  std::string ended_before;  // only of runs that ended before; UTC, ISO 8601
  // As soon as all runs take no more, no more goes.
  std::uint64_t budget = 0;
};

struct Choice {
  struct Part {
    std::filesystem::path run;
    std::vector<File> files;
    std::uint64_t bytes = 0;
  };
  std::vector<Part> parts;              // in the order in which they go; a run may have two
  std::uint64_t before = 0, after = 0;  // bytes of all runs
};

// A cell's directory goes whole or not at all, with its other attempts.
Choice choose(std::vector<OldRun> runs, const Rules& rules);

}  // namespace kproof::thin
