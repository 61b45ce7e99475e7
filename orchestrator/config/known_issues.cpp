#include "config/known_issues.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "config/breadth.hpp"
#include "config/document.hpp"
#include "config/reader.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/release.hpp"
#include "util/units.hpp"

namespace kproof::config {
namespace fs = std::filesystem;

static bool is_date(const std::string& text) {
  constexpr std::string_view kForm = "2027-01-31";
  if (text.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i)
    if (kForm[i] == '-' ? text[i] != '-' : text[i] < '0' || text[i] > '9') return false;
  return std::chrono::year_month_day(std::chrono::year(std::stoi(text)),
                                     std::chrono::month(std::stoul(text.substr(5, 2))),
                                     std::chrono::day(std::stoul(text.substr(8, 2))))
      .ok();
}

static std::optional<std::string> date(Problems& problems, const MaybeValue& value) {
  const auto word = text(problems, value);
  if (!word || is_date(*word)) return word;
  problems.add(value->mark, fmt::format("`{}` is no date", *word), "write it as 2027-01-31");
  return std::nullopt;
}

// An entry is looked at again within a year.
static void warn_of_far(Problems& problems, const MaybeValue& value, const std::string& until) {
  const std::string today = util::today();
  if (!value || !is_date(until)) return;
  const std::string year_on = std::to_string(std::stoi(today) + 1) + today.substr(4);
  if (until > year_on)
    problems.warn(value->mark, fmt::format("`{}` is more than a year from now", until),
                  "an entry is there to be looked at again: name a day that somebody will");
}

static std::optional<std::string> release(Problems& problems, const MaybeValue& value) {
  const auto word = text(problems, value);
  const auto is_part = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  if (!word) return std::nullopt;
  if (std::ranges::all_of(*word, is_part) && word->front() != '.') return word;
  problems.add(value->mark, fmt::format("`{}` is no kernel release", *word),
               "write numbers, as 6.1 or 6.1.42");
  return std::nullopt;
}

static std::optional<std::string> fingerprint(Problems& problems, const MaybeValue& value) {
  constexpr std::size_t kShortest = 6, kWhole = 16;
  const auto word = text(problems, value);
  if (!word) return std::nullopt;
  const bool hex = word->find_first_not_of("0123456789abcdef") == word->npos;
  if (hex && word->size() >= kShortest && word->size() <= kWhole) return word;
  problems.add(
      value->mark, fmt::format("`{}` is no fingerprint", *word),
      fmt::format("{} to {} hex digits, as `kproof analyze` prints them", kShortest, kWhole));
  return std::nullopt;
}

static std::optional<std::string> source_place(Problems& problems, const MaybeValue& value) {
  const auto word = text(problems, value);
  if (!word) return std::nullopt;
  const std::size_t colon = std::min(word->find(':'), word->size());
  const std::string line = word->substr(std::min(colon + 1, word->size()));
  const bool numbered = !line.empty() && line.find_first_not_of("0123456789") == line.npos;
  if (word->substr(0, colon).find('.') != word->npos && (colon == word->size() || numbered))
    return word;
  problems.add(value->mark, fmt::format("`{}` is no place in a source", *word),
               "write it as `kproof analyze` prints it, mm/mprotect.c:12, or mm/mprotect.c alone");
  return std::nullopt;
}

static void read_range(Problems& problems, const MaybeValue& value, model::KnownIssue& issue) {
  if (!value) return;
  const Map map(problems, *value, {"from", "to"});
  assign(issue.from, release(problems, map.find("from")));
  assign(issue.to, release(problems, map.find("to")));
  // As far as both are spelled out: 6.1.5 to 6.1 is all of 6.1 from there on.
  const auto to = util::release_numbers(issue.to);
  auto from = util::release_numbers(issue.from);
  from.resize(std::min(from.size(), to.size()));
  if (!to.empty() && from > to)
    problems.add(
        value->mark,
        fmt::format("no kernel is from {} to {}: the range is reversed", issue.from, issue.to),
        "write the older release behind `from:`");
}

static model::KnownIssue read_issue(Problems& problems, const Value& item) {
  const Map map(problems, item,
                {"title", "fingerprint", "at", "kernels", "link", "until", "reason"});
  model::KnownIssue issue;
  issue.place = problems.place(item.mark);
  if (const auto title = map.find("title")) assign(issue.title, pattern(problems, *title));
  assign(issue.fingerprint, fingerprint(problems, map.find("fingerprint")));
  assign(issue.at, source_place(problems, map.find("at")));
  if (!issue.title.empty() && issue.fingerprint.empty())
    warn_of_breadth(problems, *map.find("title"), issue.title, Searched::known);
  if (!map.find("title") && !map.find("fingerprint"))
    problems.add(item.mark, "an entry that matches any finding hides all of them",
                 "name `title:` or `fingerprint:`");
  read_range(problems, map.find("kernels"), issue);
  assign(issue.link, text(problems, map.require("link")));
  assign(issue.until, date(problems, map.require("until")));
  warn_of_far(problems, map.find("until"), issue.until);
  assign(issue.reason, text(problems, map.require("reason")));
  return issue;
}

std::vector<model::KnownIssue> parse_known_issues(std::string_view text, const fs::path& file,
                                                  std::vector<std::string>& warnings) {
  Problems problems(file.string(), text);
  const YAML::Node node =
      load_document(problems, std::string(text), "file of known issues", "config/known_issues.hpp");
  const Value root{node, node.Mark(), "the file", node.Mark()};
  const Map map(problems, root, {"schema", "issues"});
  const auto schema = config::text(problems, map.require("schema"));
  if (schema && *schema != "1")
    problems.add(map.find("schema")->mark,
                 fmt::format("this program reads schema 1, not `{}`", *schema),
                 "write `schema: 1`, or use a newer kproof");
  std::vector<model::KnownIssue> issues;
  for (const Value& item : items(problems, map.require("issues"), "issue"))
    issues.push_back(read_issue(problems, item));
  problems.raise();
  for (std::string& warning : problems.warnings())
    warnings.push_back(std::move(warning));
  return issues;
}

std::vector<model::KnownIssue> read_known_issues(const fs::path& file,
                                                 std::vector<std::string>& warnings) {
  std::string text;
  try {
    text = util::read_file(file);
  } catch (const HostError& error) {
    throw ConfigError(error.what(), "name a file of known issues");
  }
  return parse_known_issues(text, file, warnings);
}

}  // namespace kproof::config
