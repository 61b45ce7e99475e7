#include "page/logs.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "formats/compress.hpp"
#include "page/cut.hpp"
#include "page/element.hpp"
#include "util/base64.hpp"

namespace kproof::page {
using model::CellResult;

bool is_log(const std::string& path) {
  return path.ends_with(".log");
}

std::string role_of(const model::Finding& finding) {
  const std::string role = finding.source == model::Source::console ? "console" : "kmsg";
  return finding.level > 1 ? fmt::format("{}-l{}", role, finding.level) : role;
}

namespace {
struct Log {
  std::string path, text;
  std::vector<Lines> findings;
};

// How a cell's logs are treated.
struct Claim {
  int rank;            // less comes first
  std::size_t weight;  // its part of the room
  std::size_t most;    // plain bytes of a log
};
}  // namespace

static Claim claim_of(const CellResult& cell) {
  if (!cell.judgement.expected) return {0, 16, 8u << 20};
  if (cell.judgement.verdict != model::Verdict::pass) return {1, 4, 1u << 20};
  return {2, 1, 12u << 10};
}

static std::vector<Log> logs_of(const CellResult& cell, const ReadFile& read) {
  std::vector<Log> logs;
  for (const auto& [role, path] : cell.files) {
    if (!is_log(path)) continue;
    Log log{path, read(path), {}};
    if (log.text.empty()) continue;
    for (const model::Finding& finding : cell.findings)
      if (role_of(finding) == role) log.findings.push_back({finding.start_line, finding.end_line});
    logs.push_back(std::move(log));
  }
  return logs;
}

static std::vector<Log> logs_of(const LoggedCell& logged, const ReadFile& read) {
  std::vector<Log> logs = logs_of(*logged.cell, read);
  if (!logged.last_good) return logs;
  for (const auto& [role, path] : logged.last_good->logs)
    if (std::string text = read(path); !text.empty()) logs.push_back({path, std::move(text), {}});
  return logs;
}

static std::string told(const std::vector<Lines>& pieces) {
  std::vector<std::string> ranges;
  for (const Lines& piece : pieces)
    ranges.push_back(fmt::format("{}-{}", piece.first, piece.last));
  return fmt::format("{}", fmt::join(ranges, " "));
}

static std::string element_of(const std::string& path, const LogCut& log) {
  pugi::xml_document holder;
  Element(holder.append_child("script"))
      .set("type", "application/gzip")
      .set("data-path", path)
      .set("data-lines", told(log.pieces))
      .set("data-of", std::to_string(log.lines))
      .text(util::base64(formats::gzip(log.text)));
  return markup_of(holder) + "\n";
}

// As much of a log as `room` bytes of the page hold; "" where that is not worth it.
static std::string fitted(const Log& log, std::size_t most, std::size_t room) {
  constexpr std::size_t kLeast = 512;  // plain bytes
  constexpr std::size_t kUsual = 5;    // what logs of kernels become smaller by
  most = std::min({most, log.text.size() + 1, room * kUsual});
  while (most >= std::min(kLeast, log.text.size())) {
    std::string element = element_of(log.path, cut(log.text, log.findings, most));
    if (element.size() <= room) return element;
    most = std::min(most - most / 8, most * room / element.size());
  }
  return "";
}

std::string data_of_logs(std::vector<LoggedCell> cells, const ReadFile& read, std::size_t most) {
  std::size_t weights = 0;
  for (const LoggedCell& one : cells)
    weights += claim_of(*one.cell).weight;
  std::ranges::stable_sort(cells, {},
                           [](const LoggedCell& one) { return claim_of(*one.cell).rank; });
  std::string data;
  for (const LoggedCell& one : cells) {
    const Claim claim = claim_of(*one.cell);
    // What one leaves is for those behind it; so within a cell, its small logs first.
    std::size_t room = (most - data.size()) / weights * claim.weight;
    weights -= claim.weight;
    std::vector<Log> logs = logs_of(one, read);
    std::ranges::stable_sort(logs, {}, [](const Log& log) { return log.text.size(); });
    for (std::size_t left = logs.size(); const Log& log : logs) {
      const std::string element = fitted(log, claim.most, room / left--);
      room -= element.size();
      data += element;
    }
  }
  return data;
}

}  // namespace kproof::page
