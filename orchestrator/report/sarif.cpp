#include <algorithm>

#include "report/annotations.hpp"
#include "report/encode.hpp"
#include "util/uri.hpp"

namespace kproof::report {

static std::vector<std::string> rules_in(const std::vector<Annotation>& annotations) {
  std::vector<std::string> rules;
  for (const Annotation& one : annotations)
    if (std::ranges::find(rules, one.rule) == rules.end()) rules.push_back(one.rule);
  return rules;
}

static Json location_of(const SourcePlace& place) {
  Json physical{{"artifactLocation", {{"uri", util::uri_of_path(place.file)}}}};
  if (place.line > 0) physical["region"]["startLine"] = place.line;
  if (place.column > 0) physical["region"]["startColumn"] = place.column;
  return {{"physicalLocation", std::move(physical)}};
}

static Json result_of(const Annotation& one, const std::vector<std::string>& rules) {
  Json result{{"ruleId", one.rule},
              {"ruleIndex", std::ranges::find(rules, one.rule) - rules.begin()},
              {"level", one.is_error ? "error" : "warning"},
              {"message", {{"text", one.title + "\n" + one.message}}}};
  if (one.place) result["locations"] = Json::array({location_of(*one.place)});
  if (!one.fingerprint.empty()) result["partialFingerprints"] = {{"kproof/v1", one.fingerprint}};
  result["properties"] = {{"cell", one.cell}};
  return result;
}

std::string sarif_json(const std::vector<Annotation>& annotations) {
  const auto rules = rules_in(annotations);
  Json driver{{"name", "kproof"}, {"version", KPROOF_VERSION}, {"rules", Json::array()}};
  for (const std::string& rule : rules)
    driver["rules"].push_back({{"id", rule}, {"shortDescription", {{"text", rule}}}});
  Json run{{"tool", {{"driver", std::move(driver)}}}, {"results", Json::array()}};
  for (const Annotation& one : annotations)
    run["results"].push_back(result_of(one, rules));
  return dump({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
               {"version", "2.1.0"},
               {"runs", Json::array({std::move(run)})}});
}

}  // namespace kproof::report
