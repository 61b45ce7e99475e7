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

static std::string unused_key(const Json& object, const std::string& name) {
  std::string key = name;
  for (int n = 2; object.contains(key); ++n)
    key = fmt::format("{}#{}", name, n);
  return key;
}

static Json encode(const Culprit& c) {
  return {{"frame", c.frame}, {"cpu", c.cpu}, {"reason", c.reason}};
}

static Json encode(const Known& k) {
  return {{"link", k.link},
          {"reason", k.reason},
          {"until", k.until},
          {"place", k.place},
          {"expired", k.expired}};
}

static Json encode(const Finding& f) {
  return {{"title", f.title},
          {"syzbot_title", f.syzbot_title},
          {"complaint", f.complaint},
          {"type", f.type},
          {"level", f.level},
          {"source", to_word(f.source)},
          {"frame", f.frame},
          {"alt_titles", f.alt_titles},
          {"count", f.count},
          {"panicked", f.panicked},
          {"corrupted", f.corrupted},
          {"corrupted_reason", f.corrupted_reason},
          {"start_line", f.start_line},
          {"end_line", f.end_line},
          {"excerpt", f.excerpt},
          {"fingerprint", f.fingerprint},
          {"culprit", encode(f.culprit)},
          {"known", encode(f.known)}};
}

static Json encode(const Expectation& e) {
  Json also = Json::array();
  for (const Verdict verdict : e.also)
    also.push_back(to_string(verdict));
  return {{"kernel", e.kernel},     {"topology", e.topology},
          {"case", e.test},         {"verdict", to_string(e.verdict)},
          {"also", also},           {"findings", e.findings},
          {"may_find", e.may_find}, {"subtests", e.subtests},
          {"may_fail", e.may_fail}, {"reason", e.reason},
          {"place", e.place}};
}

static Json encode(const std::vector<Evidence>& list) {
  Json object = Json::object();
  for (const auto& e : list)
    object[unused_key(object, e.name)] = {
        {"proven", e.proven}, {"fact", e.fact}, {"level", e.level}};
  return object;
}

static Json encode(const std::vector<Metric>& list) {
  Json object = Json::object();
  for (const auto& m : list)
    object[unused_key(object, m.name)] = {{"value", m.value}, {"unit", m.unit}, {"level", m.level}};
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

Json encode(const CellResult& c) {
  return {{"id", c.id},
          {"kernel", c.kernel},
          {"kernel_label", c.kernel_label},
          {"kernel_release", c.kernel_release},
          {"kernel_origin", c.kernel_origin},
          {"topology", c.topology},
          {"case", c.test},
          {"verdict", to_string(c.judgement.verdict)},
          {"expected", c.judgement.expected},
          {"reason", c.judgement.reason},
          {"blame", to_string(c.judgement.blame)},
          {"level", c.judgement.level},
          {"skipped_subtests", left_out_of(c)},
          {"expectation", encode(c.expectation)},
          {"findings", encode_all(c.findings, [](const Finding& f) { return encode(f); })},
          {"evidence", encode(c.evidence)},
          {"metrics", encode(c.metrics)},
          {"subtests", encode_all(c.subtests, [](const Subtest& s) { return encode(s); })},
          {"phases", encode_all(c.phases, [](const PhaseTime& p) { return encode(p); })},
          {"hangs", encode_all(c.hangs, [](const Hang& h) { return encode(h); })},
          {"files", Json(c.files)},
          {"inputs", c.inputs},
          {"started", c.started},
          {"reused", c.reused}};
}

}  // namespace kproof::report
