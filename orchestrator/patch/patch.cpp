#include "patch/patch.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>

#include "util/error.hpp"

namespace kproof::patch {
namespace fs = std::filesystem;

Subject parse_subject(std::string_view text) {
  static const RE2 form(R"re((?i)\s*((?:(?:re|fwd?|aw):\s*)*)((?:\[[^\]]*\]\s*)*)(.*))re",
                        RE2::Latin1);
  static const RE2 numbers(R"re(\b0*(\d{1,4})/0*(\d{1,4})\b)re"),
      version(R"re((?i)\bv(\d{1,3})\b)re");
  Subject subject;
  std::string replies, tags;
  const std::string line(text.substr(0, text.find('\n')));
  if (!RE2::FullMatch(line, form, &replies, &tags, &subject.title)) return subject;
  subject.reply = !replies.empty();
  subject.tagged = tags.find("PATCH") != std::string::npos;
  if (!subject.tagged) return subject;
  unsigned number = 0, total = 0, of_series = 0;
  if (RE2::PartialMatch(tags, numbers, &number, &total)) {
    subject.number = number;
    subject.total = total;
  }
  if (RE2::PartialMatch(tags, version, &of_series)) subject.version = of_series;
  return subject;
}

// "a/mm/x.c" -> "mm/x.c"; "" for /dev/null and what has too few components.
static std::string stripped(std::string path, int strip) {
  if (path.starts_with('"')) path = path.substr(1, path.find('"', 1) - 1);  // git quotes odd names
  if (path == "/dev/null") return "";
  for (; strip > 0; --strip) {
    const std::size_t slash = path.find('/');
    if (slash == std::string::npos) return "";
    path.erase(0, slash + 1);
  }
  return path;
}

static void add_file(std::set<std::string>& files, const std::string& path) {
  if (path.empty()) return;
  const fs::path clean = fs::path(path).lexically_normal();
  if (clean.is_absolute() || *clean.begin() == "..")
    throw ConfigError(fmt::format("a patch touches {}, which is outside the tree", path));
  files.insert(clean.string());
}

// "diff --git a/x b/x": the only line that names the file of a binary patch or a change of mode.
static void add_git_header(std::set<std::string>& files, const std::string& names, int strip) {
  const std::size_t middle = names.find(" b/");
  if (middle == std::string::npos) return;
  add_file(files, stripped(names.substr(0, middle), strip));
  add_file(files, stripped(names.substr(middle + 1), strip));
}

// Lines of a hunk still to come; inside one "--- " is a removed line that begins with "-- ".
static std::pair<unsigned, unsigned> hunk_lengths(const std::string& line) {
  static const RE2 form(R"re(^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@)re", RE2::Latin1);
  std::string removed, added;
  if (!RE2::PartialMatch(line, form, &removed, &added)) return {0, 0};
  const auto length = [](const std::string& digits) {
    unsigned lines = 1;
    std::from_chars(digits.data(), digits.data() + digits.size(), lines);
    return lines;
  };
  return {length(removed), length(added)};
}

std::vector<std::string> touched_files(std::string_view diff, int strip) {
  std::set<std::string> files;
  std::istringstream lines{std::string(diff)};
  unsigned old_left = 0, new_left = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (old_left + new_left > 0 && !line.starts_with('\\')) {
      if (!line.starts_with('+') && old_left > 0) --old_left;
      if (!line.starts_with('-') && new_left > 0) --new_left;
      continue;
    }
    const std::string_view view(line);
    const auto rest = [&](std::string_view prefix) {
      const std::string tail(view.substr(prefix.size()));
      return tail.substr(0, tail.find('\t'));  // diff -u puts a date behind a tab
    };
    if (view.starts_with("@@ "))
      std::tie(old_left, new_left) = hunk_lengths(line);
    else if (view.starts_with("diff --git "))
      add_git_header(files, rest("diff --git "), strip);
    else if (view.starts_with("--- a/") || view.starts_with("--- /dev/null"))
      add_file(files, stripped(rest("--- "), strip));
    else if (view.starts_with("--- ") && strip != 1)
      add_file(files, stripped(rest("--- "), strip));
    else if (view.starts_with("+++ "))
      add_file(files, stripped(rest("+++ "), strip));
  }
  return {files.begin(), files.end()};
}

static bool has_diff(const std::string& text) {
  return text.starts_with("diff --git ") || text.find("\ndiff --git ") != std::string::npos ||
         text.starts_with("--- ") || text.find("\n--- ") != std::string::npos;
}

static Patch patch_of(const Letter& letter, const Subject& subject) {
  const std::string title = subject.title.empty() ? letter.origin : subject.title;
  Patch patch{
      .name = title, .title = title, .diff = letter.text, .files = touched_files(letter.text, 1)};
  if (subject.total > 0)
    patch.name = fmt::format("{}/{} {}", subject.number, subject.total, patch.name);
  if (patch.files.empty())
    throw ConfigError(fmt::format("{} ({}) holds no diff", letter.origin, patch.name));
  return patch;
}

static std::vector<Patch> in_numbered_order(const std::map<unsigned, const Letter*>& numbered,
                                            unsigned total, const std::string& mailbox) {
  std::vector<std::string> missing;
  for (unsigned n = 1; n <= total; ++n)
    if (!numbered.contains(n)) missing.push_back(fmt::format("{}/{}", n, total));
  if (!missing.empty())
    throw ConfigError(fmt::format("{}: the series has a gap: patch {} is not there", mailbox,
                                  fmt::join(missing, ", ")),
                      "fetch the whole series, for example with `b4 am MESSAGE-ID`");
  std::vector<Patch> patches;
  for (const auto& [number, letter] : numbered)
    patches.push_back(patch_of(*letter, parse_subject(letter->subject)));
  return patches;
}

std::vector<Patch> order(std::vector<Letter> letters, const std::string& mailbox) {
  std::erase_if(letters, [](const Letter& letter) {
    const Subject subject = parse_subject(letter.subject);
    const bool cover = subject.total > 0 && subject.number == 0;
    // Without a number only a diff tells a patch from talk.
    return subject.reply || cover || (subject.number == 0 && !has_diff(letter.text));
  });
  unsigned version = 0;
  for (const Letter& letter : letters)
    version = std::max(version, parse_subject(letter.subject).version);
  std::erase_if(letters, [version](const Letter& letter) {
    return parse_subject(letter.subject).version < version;
  });
  if (letters.empty()) throw ConfigError(fmt::format("{} holds no patch", mailbox));

  std::map<unsigned, const Letter*> numbered;
  std::vector<Patch> plain;
  unsigned total = 0;
  for (const Letter& letter : letters) {
    const Subject subject = parse_subject(letter.subject);
    if (subject.total == 0) {
      plain.push_back(patch_of(letter, subject));
      continue;
    }
    if (total != 0 && subject.total != total)
      throw ConfigError(fmt::format("{}: patches of {} and of {} are mixed ({})", mailbox, total,
                                    subject.total, letter.origin),
                        "give one series");
    total = subject.total;
    if (!numbered.emplace(subject.number, &letter).second)
      throw ConfigError(
          fmt::format("{}: patch {}/{} is there twice: {} and {}", mailbox, subject.number, total,
                      numbered[subject.number]->origin, letter.origin),
          "give one series");
  }
  if (!numbered.empty() && !plain.empty())
    throw ConfigError(
        fmt::format("{}: some patches are numbered, and \"{}\" is not", mailbox, plain[0].name),
        "give one series");
  return numbered.empty() ? plain : in_numbered_order(numbered, total, mailbox);
}

unsigned missing_number(const std::vector<std::string>& names) {
  unsigned next = 0;
  for (const std::string& name : names) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc() || end == name.data() + name.size() || (*end != '-' && *end != '_'))
      return 0;
    if (next == 0) next = std::max(number, 1u) == 1 ? number : 1;  // 0000- or 0001- comes first
    if (number > next) return next;
    next = number + 1;
  }
  return 0;
}

std::vector<SeriesEntry> parse_series(std::string_view text, const std::string& file) {
  std::vector<SeriesEntry> entries;
  std::istringstream lines{std::string(text)};
  unsigned number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::istringstream words(line.substr(0, line.find('#')));
    SeriesEntry entry{.line = number};
    if (!(words >> entry.file)) continue;
    for (std::string option; words >> option; entry.strip = option[2] - '0')
      if (option.size() != 3 || !option.starts_with("-p") || option[2] < '0' || option[2] > '9')
        throw ConfigError(fmt::format("{}:{}: `{}` is no option of a patch", file, number, option),
                          "quilt's -p0, -p1 or -p2 may stand there");
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace kproof::patch
