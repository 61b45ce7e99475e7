#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "report/encode.hpp"

namespace kproof::report {
using namespace model;

// The value of an enum, whose values are 0 to `last`, that `word_of` calls `word`.
template <class Enum>
static Enum from_word(const std::string& word, Enum last, auto word_of) {
  for (int i = 0; i <= static_cast<int>(last); ++i)
    if (word_of(static_cast<Enum>(i)) == word) return static_cast<Enum>(i);
  throw std::invalid_argument(fmt::format("unknown word `{}`", word));
}

// nlohmann would cut what does not fit, and a conversion from a double may do anything.
template <class Int = int>
static Int integer(const Json& j) {
  const bool fits = j.is_number_unsigned()
                        ? std::in_range<Int>(j.get<std::uint64_t>())
                        : j.is_number_integer() && std::in_range<Int>(j.get<std::int64_t>());
  if (!fits) throw std::invalid_argument(fmt::format("{} is no number of this place", j.dump()));
  return static_cast<Int>(j.get<std::int64_t>());
}

static Verdict decode_verdict(const Json& j) {
  return from_word(j, Verdict::broken, [](Verdict v) { return to_string(v); });
}

static Finding decode_finding(const Json& j) {
  Finding f;
  f.title = j.at("title");
  f.syzbot_title = j.at("syzbot_title");
  f.complaint = j.at("complaint");
  f.type = j.at("type");
  f.level = integer(j.at("level"));
  f.source = from_word<Source>(j.at("source"), Source::kmsg, [](Source s) { return to_word(s); });
  f.frame = j.at("frame");
  f.alt_titles = j.at("alt_titles").get<std::vector<std::string>>();
  f.count = integer<std::size_t>(j.at("count"));
  f.panicked = j.at("panicked");
  f.corrupted = j.at("corrupted");
  f.corrupted_reason = j.at("corrupted_reason");
  f.start_line = integer<std::size_t>(j.at("start_line"));
  f.end_line = integer<std::size_t>(j.at("end_line"));
  f.excerpt = j.at("excerpt");
  f.fingerprint = j.at("fingerprint");
  f.place = j.value("place", "");  // added within schema 3
  if (const Json& culprit = j.at("culprit"); !culprit.is_null())
    f.culprit = {culprit.at("frame"), culprit.at("cpu").is_null() ? -1 : integer(culprit.at("cpu")),
                 culprit.at("reason")};
  if (const Json& known = j.at("known"); !known.is_null())
    f.known = {known.at("link"), known.at("reason"), known.at("until"), known.at("place"),
               known.at("expired")};
  return f;
}

static Expectation decode_expectation(const Json& j) {
  Expectation e;
  e.kernel = j.at("kernel").get<std::vector<std::string>>();
  e.topology = j.at("topology").get<std::vector<std::string>>();
  e.test = j.at("case").get<std::vector<std::string>>();
  e.verdict = decode_verdict(j.at("verdict"));
  for (const Json& verdict : j.at("also"))
    e.also.push_back(decode_verdict(verdict));
  e.findings = j.at("findings").get<std::vector<std::string>>();
  e.subtests = j.at("subtests").get<std::vector<std::string>>();
  e.may_find = j.at("may_find").get<std::vector<std::string>>();
  e.may_fail = j.at("may_fail").get<std::vector<std::string>>();
  if (!j.at("allow_skips").is_null())
    e.allow_skips = j.at("allow_skips").get<std::vector<std::string>>();
  if (const Json& flaky = j.at("flaky"); !flaky.is_null())
    e.flaky = {integer<unsigned>(flaky.at("most")), integer<unsigned>(flaky.at("of")),
               flaky.at("link")};
  const Json& reasons = j.at("reasons");
  e.reasons = {reasons.at("skip"), reasons.at("miss"), reasons.at("hang")};
  e.reason = j.at("reason");
  e.place = j.at("place");
  return e;
}

// JSON has no NaN and no infinity; nlohmann writes them as null.
static double decode_number(const Json& j) {
  return j.is_null() ? std::numeric_limits<double>::quiet_NaN() : j.get<double>();
}

static Subtest decode_subtest(const Json& j) {
  const auto result = from_word<Subtest::Result>(j.at("result"), Subtest::Result::skip,
                                                 [](Subtest::Result r) { return to_word(r); });
  return {j.at("name"), result, j.at("diagnostic"), integer(j.at("level"))};
}

static PhaseTime decode_phase(const Json& j) {
  const auto phase =
      from_word<Phase>(j.at("name"), Phase::poweroff, [](Phase p) { return to_string(p); });
  const double seconds = j.at("seconds").get<double>();
  constexpr double kCentury = 100.0 * 366 * 24 * 3600;
  if (!(seconds >= 0 && seconds < kCentury))
    throw std::invalid_argument(fmt::format("{} is no duration", seconds));
  return {phase, integer(j.at("level")), util::Millis(std::llround(seconds * 1000))};
}

static Hang decode_hang(const Json& j) {
  return {.level = integer(j.at("level")),
          .kind = from_word<HangKind>(j.at("class"), HangKind::runs,
                                      [](HangKind k) { return to_string(k); }),
          .agent_answers = j.at("agent_answers"),
          .reason = j.at("reason"),
          .cpus = j.at("cpus").get<std::vector<std::string>>(),
          .tasks = j.at("tasks").get<std::vector<std::string>>(),
          .missing = j.at("missing").get<std::vector<std::string>>()};
}

static Judgement decode_judgement(const Json& j) {
  return {
      .verdict = decode_verdict(j.at("verdict")),
      .blame = from_word<Blame>(j.at("blame"), Blame::host, [](Blame b) { return to_string(b); }),
      .reason = j.at("reason"),
      .expected = j.at("expected"),
      .level = integer(j.at("level"))};
}

static Level decode_level(const Json& j) {
  Level level;
  level.kernel = j.at("kernel");
  level.vcpus = integer<unsigned>(j.at("vcpus"));
  level.memory = integer<std::uint64_t>(j.at("memory"));
  level.nvdimm = integer<std::uint64_t>(j.at("nvdimm"));
  level.backing = from_word<Backing>(j.at("backing"), Backing::devdax_1g,
                                     [](Backing b) { return to_string(b); });
  level.cpu = j.at("cpu");
  level.pmu = j.value("pmu", level.pmu);     // results before 2026-11-29 have none
  level.numa = j.value("numa", level.numa);  // of these two
  level.cmdline = j.at("cmdline").get<std::vector<std::string>>();
  level.mmu = from_word<Mmu>(j.at("mmu"), Mmu::shadow, [](Mmu m) { return to_string(m); });
  for (const auto& [name, value] : j.at("params").items())
    level.params.emplace_back(name, value);
  level.preempt = j.at("preempt");
  return level;
}

HostFacts decode_host(const Json& j) {
  HostFacts h;
  h.hostname = j.at("hostname");
  h.os = j.at("os");
  h.kernel = j.at("kernel");
  h.cpu = j.at("cpu");
  h.cores = integer<unsigned>(j.at("cores"));
  h.memory = integer<std::uint64_t>(j.at("memory"));
  h.qemu = j.at("qemu");
  h.libvirt = j.at("libvirt");
  h.connection = j.at("connection");
  h.accel = from_word<Accel>(j.at("accel"), Accel::tcg, [](Accel a) { return to_word(a); });
  h.accel_reason = j.at("accel_reason");
  return h;
}

CellResult decode_cell(const Json& j) {
  CellResult c;
  c.id = j.at("id");
  c.kernel = j.at("kernel");
  c.kernel_label = j.at("kernel_label");
  c.kernel_release = j.at("kernel_release");
  c.kernel_origin = j.at("kernel_origin");
  c.topology = j.at("topology");
  c.test = j.at("case");
  for (const auto& axis : j.at("axes"))
    c.axes.emplace_back(axis.at("name"), axis.at("value"));
  c.repetition = integer<unsigned>(j.at("repetition"));
  c.args = j.at("args").get<std::vector<std::string>>();
  for (const auto& item : j.at("levels"))
    c.levels.push_back(decode_level(item));
  c.command_lines = j.at("command_lines").get<std::vector<std::string>>();
  c.judgement = decode_judgement(j);
  c.expectation = decode_expectation(j.at("expectation"));
  for (const auto& item : j.at("findings"))
    c.findings.push_back(decode_finding(item));
  for (const auto& [name, list] : j.at("evidence").items())
    for (const auto& e : list)
      c.evidence.push_back({name, e.at("proven"), e.at("fact"), integer(e.at("level"))});
  c.unproven = j.at("unproven_evidence").get<std::vector<std::string>>();
  for (const auto& [name, list] : j.at("metrics").items())
    for (const auto& m : list)
      c.metrics.push_back({name, decode_number(m.at("value")), m.at("unit"), integer(m.at("level")),
                           m.value("samples", std::vector<double>{})});
  for (const auto& item : j.at("subtests"))
    c.subtests.push_back(decode_subtest(item));
  for (const auto& item : j.at("phases"))
    c.phases.push_back(decode_phase(item));
  for (const auto& item : j.at("hangs"))
    c.hangs.push_back(decode_hang(item));
  for (const auto& item : j.at("discounted_attempts"))
    c.discounted.push_back({decode_verdict(item.at("verdict")), item.at("reason"), item.at("sign"),
                            item.at("directory")});
  c.files = j.at("files").get<std::map<std::string, std::string>>();
  c.inputs = j.at("inputs");
  c.started = j.at("started");
  c.reused = j.at("reused");
  return c;
}

}  // namespace kproof::report
