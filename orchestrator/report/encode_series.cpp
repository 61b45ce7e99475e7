#include "report/encode.hpp"

namespace kproof::report {
using namespace series;

static Json encode_row(const std::optional<std::size_t>& row) {
  return row ? Json(*row) : Json(nullptr);
}

static Json encode(const std::vector<compare::Sign>& signs) {
  Json list = Json::array();
  for (const compare::Sign& sign : signs)
    list.push_back(to_string(sign));
  return list;
}

static Json encode(const Entry& e) {
  return {{"change", to_string(e.change)},
          {"verdict", e.verdict},
          {"reason", e.reason},
          {"expected", e.expected},
          {"against", encode_row(e.against)},
          {"gone", encode(e.gone)},
          {"appeared", encode(e.appeared)},
          {"absent", e.absent},
          {"skipped", e.skipped}};
}

static Json encode(const Column& c) {
  Json entries = Json::array();
  for (const Entry& entry : c.entries)
    entries.push_back(encode(entry));
  return {{"case", c.test},
          {"topology", c.topology},
          {"first_change", encode_row(c.first_change)},
          {"entries", std::move(entries)}};
}

static Json encode(const std::optional<stats::Difference>& d) {
  if (!d) return nullptr;
  return {{"median", d->value}, {"least", d->least}, {"most", d->most}};
}

static Json encode(const MetricColumn& c) {
  Json figures = Json::array();
  for (const Figures& f : c.figures)
    figures.push_back({{"values", f.values},
                       {"unit", f.unit},
                       {"median", f.values.empty() ? Json(nullptr) : Json(f.median())},
                       {"trend", to_string(f.trend)},
                       {"difference", encode(f.difference)},
                       {"against", encode_row(f.against)}});
  return {{"case", c.test},
          {"topology", c.topology},
          {"metric", c.metric},
          {"unit", c.unit},
          {"figures", std::move(figures)}};
}

// Rows are told by their index, which is the number of patches applied.
Json encode(const series::Matrix& matrix) {
  Json json{{"clean", matrix.clean()},           {"problems", Json::array()},
            {"repetitions", matrix.repetitions}, {"rows", Json::array()},
            {"columns", Json::array()},          {"metrics", Json::array()}};
  for (const Problem& problem : matrix.problems)
    json["problems"].push_back(problem.text);
  for (std::size_t row = 0; row < matrix.rows.size(); ++row)
    json["rows"].push_back({{"number", number_of(matrix.rows, row)},
                            {"kernel", matrix.rows[row].kernel},
                            {"subject", matrix.rows[row].subject},
                            {"unbuilt", matrix.rows[row].unbuilt}});
  for (const Column& column : matrix.columns)
    json["columns"].push_back(encode(column));
  for (const MetricColumn& column : matrix.metrics)
    json["metrics"].push_back(encode(column));
  return json;
}

}  // namespace kproof::report
