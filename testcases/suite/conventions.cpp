#include "suite/conventions.hpp"

#include <cstring>

#include <strings.h>

#include "lib/ktap.hpp"

namespace kproof::suite {

// tools/testing/selftests/kselftest.h: KSFT_XFAIL, KSFT_SKIP.
static constexpr int kXfail = 2, kSkip = 4;
// QEMU's hw/misc/debugexit.c: (value << 1) | 1; lib/report.c of kvm-unit-tests ends with 77 when
// all was skipped.
static constexpr int kUnitTestsPassed = 1, kUnitTestsSkipped = (77 << 1) | 1;

static bool take(std::string_view& text, std::string_view begin) {
  if (!text.starts_with(begin)) return false;
  text.remove_prefix(begin.size());
  return true;
}

static std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && blank(text.back()))
    text.remove_suffix(1);
  return text;
}

// Digits at its beginning.
static std::optional<unsigned> take_number(std::string_view& text) {
  unsigned number = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && digits < 9 && text[digits] >= '0' && text[digits] <= '9'; ++digits)
    number = number * 10 + static_cast<unsigned>(text[digits] - '0');
  text.remove_prefix(digits);
  return digits == 0 ? std::nullopt : std::optional(number);
}

// One line of printable text, whatever it was.
static std::string printable(std::string_view text) {
  std::string line(text);
  for (char& c : line)
    if ((static_cast<unsigned char>(c) < ' ' && c != '\t') || static_cast<unsigned char>(c) >= 0x7f)
      c = '?';
  return line;
}

std::string Document::comment(std::string_view text) const {
  return "# | " + printable(text) + "\n";
}

// Documentation/dev-tools/ktap.rst: what is skipped or was to be expected is no failure.
static bool is_excused(std::string_view name) {
  const auto hash = name.find('#');
  if (hash == name.npos) return false;
  const std::string directive(trimmed(name.substr(hash + 1)).substr(0, 5));
  for (const char* word : {"skip", "todo", "xfail"})
    if (::strncasecmp(directive.c_str(), word, std::strlen(word)) == 0) return true;
  return false;
}

std::string Document::result(bool ok, std::string_view rest) {
  failed_ |= !ok && !is_excused(rest);
  const std::string number = std::to_string(++results_);
  return (ok ? "ok " : "not ok ") + number + " " + printable(rest) + "\n";
}

// "1..12", "1..0 # SKIP reason", "1..0 # Skipped: reason".
bool Document::plan(std::string_view line) {
  if (!take(line, "1..")) return false;
  const auto tests = take_number(line);
  if (!tests) return false;
  planned_ = planned_.value_or(0) + *tests;  // a second document follows the first
  line = trimmed(line);
  if (*tests == 0 && take(line, "#")) {
    line = trimmed(line);
    for (const char* word : {"SKIP", "Skipped:", "skip", "Skip", "SKIPPED", "skipped"})
      if (take(line, word)) break;
    while (!line.empty() && (line.front() == ' ' || line.front() == '-' || line.front() == ':'))
      line.remove_prefix(1);
    skip_reason_ = printable(line);
  }
  return true;
}

// nullopt where it is no line of a document.
std::optional<std::string> Document::tap(std::string_view line) {
  std::string_view rest = line;
  if (line.starts_with("KTAP version ") || line.starts_with("TAP version ")) {
    document_ = true;
    return "";
  }
  if (plan(line)) return "";
  const bool not_ok = take(rest, "not ok");
  if ((not_ok || take(rest, "ok")) && (rest.empty() || rest.front() == ' ')) {
    rest = trimmed(rest);
    take_number(rest);
    rest = trimmed(rest);
    if (take(rest, "- ")) rest = trimmed(rest);
    return result(!not_ok, rest.empty() ? "a result without a name" : rest);
  }
  if (take(rest, "Bail out!")) {
    bail_out_ = printable(trimmed(rest));
    if (bail_out_.empty()) bail_out_ = "no reason given";
    return comment(line);
  }
  if (take(rest, "#") && (rest.empty() || rest.front() == ' ')) {
    const std::string_view text = trimmed(rest);
    // Words of kproof's own, which a case alone may say.
    if (text.starts_with("evidence ") || text.starts_with("metric ")) return comment(text);
    return printable(line) + "\n";
  }
  if (document_ && (line.starts_with("  ") || line.starts_with("\t")))
    return printable(line) + "\n";  // a document inside, for the reader
  return std::nullopt;
}

std::optional<std::string> Document::unit_test(std::string_view line) {
  if (take(line, "PASS: ")) return result(true, line);
  if (take(line, "FAIL: ") || take(line, "XPASS: ")) return result(false, line);
  if (take(line, "XFAIL: ")) return result(true, std::string(line) + " # XFAIL");
  if (take(line, "SKIP: ")) return result(true, std::string(line) + " # SKIP");
  if (take(line, "SUMMARY: ")) {
    planned_ = take_number(line);
    return "";
  }
  return std::nullopt;
}

std::string Document::feed(std::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  const auto known = convention_ == Convention::kvm_unit_tests ? unit_test(line) : tap(line);
  if (known) return *known;
  const auto text = trimmed(line);
  if (text.empty()) return "";
  last_text_ = printable(text);
  return comment(line);
}

Document::Fate Document::fate_of(const Ended& ended) const {
  const std::string code = "exit code " + std::to_string(ended.code);
  if (ended.signal != 0) return {Fate::badly, "killed by signal " + std::to_string(ended.signal)};
  if (convention_ == Convention::kvm_unit_tests) {
    if (ended.code == kUnitTestsPassed) return {Fate::well, code};
    if (ended.code == kUnitTestsSkipped) return {Fate::skipped, "all of it is skipped"};
    return {Fate::badly, "QEMU ends with " + code + ", and 1 is a success of isa-debug-exit"};
  }
  if (ended.code == 0) return {Fate::well, code};
  const std::string why = !skip_reason_.empty() ? skip_reason_
                          : last_text_.empty()  ? "it says no reason"
                                                : last_text_;
  if (ended.code == kSkip) return {Fate::skipped, code + ": " + why};
  if (ended.code == kXfail) return {Fate::expected, code};
  return {Fate::badly, code};
}

// "" when all results came that were planned.
std::string Document::shortfall() const {
  if (!bail_out_.empty()) return "it bailed out: " + bail_out_;
  if (!planned_ || *planned_ == results_) return "";
  return std::to_string(results_) + " of " + std::to_string(*planned_) + " planned results came";
}

Document::Conclusion Document::conclude(const Ended& ended) {
  namespace ktap = lib::ktap;
  const Fate fate = fate_of(ended);
  const std::string missing = shortfall();
  const bool nothing_but_skip =
      results_ == 0 && missing.empty() &&
      (fate.kind == Fate::skipped || (fate.kind == Fate::well && planned_ == 0u));
  if (nothing_but_skip)
    return {"1..0 # SKIP " + (skip_reason_.empty() ? fate.fact : skip_reason_) + "\n",
            ktap::kExitSkipped};
  std::string lines;
  if (!missing.empty()) lines += "# " + missing + "\n";
  if (fate.kind == Fate::badly) lines += "# " + fate.fact + "\n";
  const bool ok = fate.kind != Fate::badly && missing.empty();
  std::string name = "the program ends well";
  if (ok && fate.kind == Fate::skipped) name += " # SKIP " + fate.fact;
  if (ok && fate.kind == Fate::expected) name += " # XFAIL " + fate.fact;
  lines += result(ok, name);
  lines += "1.." + std::to_string(results_) + "\n";
  return {lines, failed_ ? ktap::kExitFailed : ktap::kExitPassed};
}

}  // namespace kproof::suite
