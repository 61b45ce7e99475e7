#include "history/store.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "history/file.hpp"
#include "history/writer.hpp"
#include "util/names.hpp"

namespace kproof::history {
namespace fs = std::filesystem;
using SQLite::Statement;

struct Store::Impl {
  fs::path file;
  SQLite::Database db;
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store::~Store() = default;

Store Store::open_to_read(const fs::path& file) {
  return Store(std::make_unique<Impl>(file, open_file(file, Access::read)));
}

Store Store::open_to_write(const fs::path& file) {
  return Store(std::make_unique<Impl>(file, open_file(file, Access::write)));
}

// What SQLite throws, as ours.
template <class Work>
static auto telling(const fs::path& file, Work work) {
  try {
    return work();
  } catch (const SQLite::Exception& error) {
    throw fault(file, error);
  }
}

std::size_t Store::add(const Run& run) {
  return telling(impl_->file, [&] { return write(impl_->db, run); });
}

std::vector<RunLine> Store::runs() const {
  return telling(impl_->file, [&] {
    Statement rows(impl_->db,
                   "SELECT id, directory, plan, kind, started, ended, interrupted, expected, "
                   "unexpected, faults FROM run ORDER BY started, id");
    std::vector<RunLine> list;
    const auto count = [&](int column) {
      return static_cast<std::size_t>(rows.getColumn(column).getInt64());
    };
    while (rows.executeStep())
      list.push_back({rows.getColumn(0).getInt64(), rows.getColumn(1).getString(),
                      rows.getColumn(2).getString(), rows.getColumn(3).getString(),
                      rows.getColumn(4).getString(), rows.getColumn(5).getString(),
                      rows.getColumn(6).getInt() != 0, count(7), count(8), count(9)});
    return list;
  });
}

static std::vector<std::string> names(Statement& rows) {
  std::vector<std::string> list;
  while (rows.executeStep())
    list.push_back(rows.getColumn(0).getString());
  return list;
}

std::vector<std::string> Store::cells() const {
  return telling(impl_->file, [&] {
    Statement rows(impl_->db, "SELECT name FROM point ORDER BY name");
    return names(rows);
  });
}

std::vector<std::string> Store::cells_that_showed(const std::string& finding) const {
  return telling(impl_->file, [&] {
    Statement rows(impl_->db,
                   "SELECT DISTINCT point.name FROM sign JOIN sign_at ON sign_at.sign = sign.id "
                   "JOIN point ON point.id = sign_at.point WHERE sign.kind IN (1, 2) AND "
                   "(sign.fingerprint = ?1 OR sign.name = ?1 OR sign.name GLOB ?1) ORDER BY 1");
    rows.bind(1, finding);
    return names(rows);
  });
}

std::vector<std::string> Store::cells_that_measured(const std::string& metric) const {
  return telling(impl_->file, [&] {
    Statement rows(impl_->db,
                   "SELECT DISTINCT point.name FROM metric JOIN metric_at ON metric_at.metric = "
                   "metric.id JOIN point ON point.id = metric_at.point WHERE metric.name GLOB ?1 "
                   "ORDER BY 1");
    rows.bind(1, metric);
    return names(rows);
  });
}

std::map<std::string, double> Store::least_changes() const {
  return telling(impl_->file, [&] {
    Statement rows(impl_->db, "SELECT name, least_change FROM metric");
    std::map<std::string, double> all;
    while (rows.executeStep())
      all[rows.getColumn(0).getString()] = rows.getColumn(1).getDouble();
    return all;
  });
}

static std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t to = std::min(text.find('\n', from), text.size());
    lines.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return lines;
}

// Where rows of one cell's tables belong to.
using Place = std::array<std::int64_t, 3>;  // run, repetition, attempt

static Place place_in(Statement& rows) {
  return {rows.getColumn(0).getInt64(), rows.getColumn(1).getInt64(), rows.getColumn(2).getInt64()};
}

static Observation observation_in(Statement& rows) {
  const auto text = [&](int column) { return rows.getColumn(column).getString(); };
  Observation one{
      .run = rows.getColumn(0).getInt64(), .run_started = text(3), .directory = text(4)};
  Cell& cell = one.cell;
  cell.repetition = static_cast<unsigned>(rows.getColumn(1).getInt());
  cell.attempt = static_cast<unsigned>(rows.getColumn(2).getInt());
  cell.started = text(5);
  cell.setting = text(6);
  cell.verdict = text(7);
  cell.reason = text(8);
  cell.seen = lines_of(text(9));
  cell.says = static_cast<compare::Says>(rows.getColumn(10).getInt());
  cell.standing = static_cast<compare::Standing>(rows.getColumn(11).getInt());
  cell.to_its_end = rows.getColumn(12).getInt() != 0;
  cell.kernel = {text(13), text(14), text(15), text(16), text(17), text(18), text(19), text(20)};
  cell.inputs = text(21);
  one.plan = text(22);
  one.kind = text(23);
  return one;
}

static constexpr const char* kObservations =
    "SELECT cell.run, repetition, attempt, run.started, run.directory, cell.started, setting.text, "
    "verdict.text, reason.text, seen.text, says, standing, to_its_end, kernel.name, label, "
    "release, "
    "origin, source, patches, config, compiler, inputs.text, iif(file = '', plan, file), run.kind "
    "FROM cell JOIN run ON run.id = cell.run JOIN kernel ON kernel.id = cell.kernel "
    "JOIN word setting ON setting.id = cell.setting JOIN word verdict ON verdict.id = cell.verdict "
    "JOIN word reason ON reason.id = cell.reason JOIN word seen ON seen.id = cell.seen "
    "JOIN word inputs ON inputs.id = cell.inputs WHERE cell.point = ?1 AND run.kind != ?2";

// Without those of steps.
static std::map<Place, Observation> rows_of(SQLite::Database& db, std::int64_t point) {
  std::map<Place, Observation> all;
  Statement cells(db, kObservations);
  cells.bind(1, point);
  cells.bind(2, kStep);
  while (cells.executeStep())
    all.emplace(place_in(cells), observation_in(cells));
  Statement signs(db,
                  "SELECT run, repetition, attempt, kind, name, fingerprint FROM shown JOIN sign "
                  "ON sign.id = shown.sign WHERE point = ?1");
  signs.bind(1, point);
  while (signs.executeStep())
    all.at(place_in(signs))
        .cell.signs.push_back({static_cast<compare::Sign::Kind>(signs.getColumn(3).getInt()),
                               signs.getColumn(4).getString(), signs.getColumn(5).getString()});
  Statement figures(db,
                    "SELECT run, repetition, attempt, name, unit, value, samples FROM figure JOIN "
                    "metric ON metric.id = figure.metric WHERE point = ?1");
  figures.bind(1, point);
  while (figures.executeStep()) {
    Figure figure{figures.getColumn(3).getString(),
                  figures.getColumn(4).getString(),
                  figures.getColumn(5).getDouble(),
                  {}};
    for (const std::string& sample : lines_of(figures.getColumn(6).getString()))
      figure.samples.push_back(std::stod(sample));
    if (const auto one = all.find(place_in(figures)); one != all.end())
      one->second.cell.figures.push_back(std::move(figure));
  }
  return all;
}

std::vector<Observation> Store::observations(const std::string& cell) const {
  return telling(impl_->file, [&] {
    Statement point(impl_->db, "SELECT id FROM point WHERE name = ?1");
    point.bind(1, cell);
    std::vector<Observation> list;
    if (!point.executeStep()) return list;
    const std::int64_t id = point.getColumn(0).getInt64();
    // All of one state of the file, whoever writes meanwhile.
    const SQLite::Transaction whole(impl_->db);
    for (auto& [place, one] : rows_of(impl_->db, id)) {
      one.cell.name = cell;
      list.push_back(std::move(one));
    }
    std::ranges::stable_sort(list, {}, [](const Observation& one) {
      return std::tie(one.run_started, one.run, one.cell.repetition, one.cell.attempt);
    });
    return list;
  });
}

}  // namespace kproof::history
