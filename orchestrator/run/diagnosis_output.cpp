#include "run/diagnosis_output.hpp"

#include <algorithm>
#include <string_view>

#include "agent/messages.hpp"

namespace kproof::run {

namespace {
struct Range {
  std::size_t begin = 0, end = 0;
};
}  // namespace

static std::size_t line_start(std::string_view log, std::size_t at) {
  const std::size_t newline = at == 0 ? log.npos : log.rfind('\n', at - 1);
  return newline == log.npos ? 0 : newline + 1;
}

// Whole lines. A dump without an end goes on to the end of the log: its kernel died of it.
static Range range_of(std::string_view log, std::optional<std::size_t> from,
                      const std::string& mark) {
  if (from) return {line_start(log, std::min(*from, log.size())), log.size()};
  if (mark.empty()) return {};
  const std::size_t begin = log.find(agent::diagnosis_mark(mark, "begin"));
  if (begin == log.npos) return {};
  const std::size_t end = log.find(agent::diagnosis_mark(mark, "end"), begin);
  return {line_start(log, begin), end == log.npos ? log.size() : line_start(log, end)};
}

std::string console_without(std::string console, const DiagnosisOutput& diagnosis_output) {
  const Range range = range_of(
      console, diagnosis_output.from ? std::optional(diagnosis_output.from->console) : std::nullopt,
      diagnosis_output.mark);
  const auto begin = console.begin() + static_cast<long>(range.begin);
  const auto end = console.begin() + static_cast<long>(range.end);
  console.replace(begin, end,
                  std::string(static_cast<std::size_t>(std::count(begin, end, '\n')), '\n'));
  return console;
}

// The head of a record stays, so that none counts as lost.
static std::string without_text(std::string_view records) {
  std::string heads;
  for (std::size_t at = 0; at < records.size();) {
    const std::size_t end = std::min(records.find('\n', at), records.size());
    const std::string_view line = records.substr(at, end - at);
    heads += line.substr(0, line.starts_with(' ') ? line.npos : line.find(';') + 1);
    heads += '\n';
    at = end + 1;
  }
  return heads;
}

std::string kmsg_without(std::string kmsg, const DiagnosisOutput& diagnosis_output) {
  const Range range = range_of(
      kmsg, diagnosis_output.from ? std::optional(diagnosis_output.from->kmsg) : std::nullopt,
      diagnosis_output.mark);
  if (range.begin == range.end) return kmsg;
  kmsg.replace(range.begin, range.end - range.begin,
               without_text(std::string_view(kmsg).substr(range.begin, range.end - range.begin)));
  return kmsg;
}

}  // namespace kproof::run
