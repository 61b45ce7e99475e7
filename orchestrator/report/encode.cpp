#include "report/encode.hpp"

#include <fmt/format.h>

#include "report/run_report.hpp"

namespace kproof::report {
using namespace model;

std::string_view to_word(Source source) {
  return source == Source::console ? "console" : "kmsg";
}

std::string_view to_word(Subtest::Result result) {
  constexpr std::string_view words[] = {"ok", "not ok", "skip"};
  return words[static_cast<std::size_t>(result)];
}

std::string_view to_word(Accel accel) {
  return accel == Accel::kvm ? "kvm" : "tcg";
}

static Json encode(const Culprit& c) {
  if (c.reason.empty()) return nullptr;
  return {
      {"frame", c.frame}, {"cpu", c.cpu < 0 ? Json(nullptr) : Json(c.cpu)}, {"reason", c.reason}};
}

static Json encode(const Known& k) {
  if (k.place.empty()) return nullptr;
  return {{"link", k.link},
          {"reason", k.reason},
          {"until", k.until},
          {"place", k.place},
          {"expired", k.expired}};
}

Json finding_to_json(const Finding& f) {
  return {{"title", f.title},
          {"syzbot_title", f.syzbot_title},
          {"complaint", f.complaint},
          {"alt_titles", f.alt_titles},
          {"type", f.type},
          {"frame", f.frame},
          {"fingerprint", f.fingerprint},
          {"place", f.place},
          {"level", f.level},
          {"source", to_word(f.source)},
          {"culprit", encode(f.culprit)},
          {"known", encode(f.known)},
          {"count", f.count},
          {"panicked", f.panicked},
          {"corrupted", f.corrupted},
          {"corrupted_reason", f.corrupted_reason},
          {"start_line", f.start_line},
          {"end_line", f.end_line},
          {"excerpt", f.excerpt}};
}

static Json encode(const Expectation& e) {
  Json also = Json::array();
  for (const Verdict verdict : e.also)
    also.push_back(to_string(verdict));
  return {
      {"kernel", e.kernel},
      {"topology", e.topology},
      {"case", e.test},
      {"verdict", to_string(e.verdict)},
      {"also", also},
      {"findings", e.findings},
      {"may_find", e.may_find},
      {"subtests", e.subtests},
      {"may_fail", e.may_fail},
      {"allow_skips", e.allow_skips ? Json(*e.allow_skips) : Json()},
      {"reasons", {{"skip", e.reasons.skip}, {"miss", e.reasons.miss}, {"hang", e.reasons.hang}}},
      {"flaky", e.flaky.of == 0
                    ? Json()
                    : Json{{"most", e.flaky.most}, {"of", e.flaky.of}, {"link", e.flaky.link}}},
      {"reason", e.reason},
      {"place", e.place}};
}

// A list for each name: levels, or a case, may have several of one name.
static Json encode(const std::vector<Evidence>& list) {
  Json object = Json::object();
  for (const auto& e : list)
    object[e.name].push_back({{"proven", e.proven}, {"fact", e.fact}, {"level", e.level}});
  return object;
}

static Json encode(const std::vector<Metric>& list) {
  Json object = Json::object();
  for (const auto& m : list) {
    Json one{{"value", m.value}, {"unit", m.unit}, {"level", m.level}};
    if (!m.samples.empty()) one["samples"] = m.samples;
    object[m.name].push_back(std::move(one));
  }
  return object;
}

static Json encode_all(const auto& list, auto encode_one) {
  Json array = Json::array();
  for (const auto& item : list)
    array.push_back(encode_one(item));
  return array;
}

static Json encode(const Subtest& s) {
  return {{"name", s.name},
          {"result", to_word(s.result)},
          {"diagnostic", s.diagnostic},
          {"level", s.level}};
}

static Json encode(const PhaseTime& p) {
  return {{"name", to_string(p.phase)},
          {"level", p.level},
          {"seconds", static_cast<double>(p.duration.count()) / 1000}};
}

static Json encode(const Hang& h) {
  return {{"level", h.level},    {"class", to_string(h.kind)},
          {"reason", h.reason},  {"agent_answers", h.agent_answers},
          {"cpus", h.cpus},      {"tasks", h.tasks},
          {"missing", h.missing}};
}

static Json encode(const DiscountedAttempt& a) {
  return {{"verdict", to_string(a.verdict)},
          {"reason", a.reason},
          {"sign", a.sign},
          {"directory", a.directory}};
}

Json encode(const Level& level) {
  Json params = Json::object();
  for (const auto& [name, value] : level.params)
    params[name] = value;
  return {{"kernel", level.kernel},
          {"vcpus", level.vcpus},
          {"memory", level.memory},
          {"nvdimm", level.nvdimm},
          {"backing", to_string(level.backing)},
          {"cpu", level.cpu},
          {"pmu", level.pmu},
          {"numa", level.numa},
          {"cmdline", level.cmdline},
          {"mmu", to_string(level.mmu)},
          {"params", std::move(params)},
          {"preempt", level.preempt}};
}

static Json encode(const model::AxisValues& values) {
  Json axes = Json::array();
  for (const auto& [name, value] : values)
    axes.push_back({{"name", name}, {"value", value}});
  return axes;
}

Json encode(const CellResult& c) {
  return {{"id", c.id},
          {"kernel", c.kernel},
          {"kernel_label", c.kernel_label},
          {"kernel_release", c.kernel_release},
          {"kernel_origin", c.kernel_origin},
          {"topology", c.topology},
          {"case", c.test},
          {"axes", encode(c.axes)},
          {"repetition", c.repetition},
          {"args", c.args},
          {"levels", encode_all(c.levels, [](const Level& l) { return encode(l); })},
          {"command_lines", c.command_lines},
          {"verdict", to_string(c.judgement.verdict)},
          {"expected", c.judgement.expected},
          {"reason", c.judgement.reason},
          {"blame", to_string(c.judgement.blame)},
          {"level", c.judgement.level},
          {"skipped_subtests", left_out_of(c)},
          {"expectation", encode(c.expectation)},
          {"findings", encode_all(c.findings, finding_to_json)},
          {"evidence", encode(c.evidence)},
          {"unproven_evidence", c.unproven},
          {"metrics", encode(c.metrics)},
          {"subtests", encode_all(c.subtests, [](const Subtest& s) { return encode(s); })},
          {"phases", encode_all(c.phases, [](const PhaseTime& p) { return encode(p); })},
          {"hangs", encode_all(c.hangs, [](const Hang& h) { return encode(h); })},
          {"discounted_attempts",
           encode_all(c.discounted, [](const DiscountedAttempt& a) { return encode(a); })},
          {"files", Json(c.files)},
          {"inputs", c.inputs},
          {"started", c.started},
          {"reused", c.reused}};
}

}  // namespace kproof::report
