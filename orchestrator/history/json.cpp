#include <nlohmann/json.hpp>

#include "history/text.hpp"

namespace kproof::history {
using Json = nlohmann::json;

static Json tally(const stats::Tally& tally) {
  return {{"failed", tally.failed}, {"of", tally.of}};
}

static Json symptom(const Symptom& one) {
  Json changes = Json::array();
  for (const stats::RateChange& change : one.changes)
    changes.push_back({{"at", change.at},
                       {"least", change.least},
                       {"most", change.most},
                       {"before", tally(change.before)},
                       {"behind", tally(change.behind)}});
  return {{"sign", to_string(one.sign)},
          {"fingerprint", one.sign.fingerprint},
          {"state", to_string(one.state)},
          {"regression", is_regression(one.state)},
          {"known", one.known},
          {"seen", tally(one.all)},
          {"first", one.first},
          {"last", one.last},
          {"changes", std::move(changes)}};
}

static Json trace(const Trace& one) {
  Json changes = Json::array();
  for (const stats::LevelChange& change : one.changes)
    changes.push_back({{"at", change.at},
                       {"least", change.least},
                       {"most", change.most},
                       {"p", change.p},
                       {"before", change.before},
                       {"behind", change.behind}});
  return {{"metric", one.metric},         {"unit", one.unit},
          {"median", one.median},         {"least_change", one.least_change},
          {"figures", one.figures},       {"other_setting", one.other_setting},
          {"other_unit", one.other_unit}, {"changes", std::move(changes)}};
}

Json to_json(const CellHistory& past) {
  Json json{{"cell", past.cell},       {"runs", Json::array()},     {"proven", past.proven},
            {"bad", past.bad},         {"symptoms", Json::array()}, {"outages", Json::array()},
            {"metrics", Json::array()}};
  for (const Moment& one : past.moments)
    json["runs"].push_back({{"run", one.run},
                            {"started", one.started},
                            {"kernel", one.kernel},
                            {"directory", one.directory}});
  for (const Symptom& one : past.symptoms)
    json["symptoms"].push_back(symptom(one));
  for (const Outage& one : past.outages)
    json["outages"].push_back(
        {{"from", one.from}, {"to", one.to}, {"verdict", one.verdict}, {"reason", one.reason}});
  for (const Trace& one : past.traces)
    json["metrics"].push_back(trace(one));
  return json;
}

Json to_json(const std::vector<RunLine>& runs) {
  Json list = Json::array();
  for (const RunLine& run : runs)
    list.push_back({{"run", run.id},
                    {"directory", run.directory},
                    {"plan", run.plan},
                    {"kind", run.kind},
                    {"started", run.started},
                    {"ended", run.ended},
                    {"interrupted", run.interrupted},
                    {"expected", run.expected},
                    {"unexpected", run.unexpected},
                    {"faults", run.faults}});
  return list;
}

}  // namespace kproof::history
