#include "history/writer.hpp"

#include <map>

#include <SQLiteCpp/VariadicBind.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "util/names.hpp"

namespace kproof::history {
using SQLite::Statement;

namespace {

class Writer {
 public:
  explicit Writer(SQLite::Database& db) : db_(db) {}

  std::size_t write(const Run& run) {
    for (const Cell& cell : run.cells)
      if (const std::int64_t point = point_of(cell.name); !is_known(point, cell)) {
        if (run_ == 0) run_ = add(run);
        add(point, cell);
        ++added_;
        ++standing_[static_cast<std::size_t>(cell.standing)];
      }
    if (run_ != 0) count();
    for (const model::WatchedMetric& watched : run.metrics)
      note(watched);
    return added_;
  }

 private:
  bool is_known(std::int64_t point, const Cell& cell) {
    known_.reset();
    known_.bind(1, point);
    known_.bind(2, cell.started);
    known_.bind(3, cell.repetition);
    known_.bind(4, cell.attempt);
    return known_.executeStep();
  }

  std::int64_t add(const Run& run) {
    host_.bind(1, run.host);
    host_.exec();
    Statement id(db_, "SELECT id FROM host WHERE facts = ?1");
    id.bind(1, run.host);
    id.executeStep();
    Statement row(db_,
                  "INSERT INTO run (directory, plan, kind, kproof, started, ended, interrupted, "
                  "host, file, expected, unexpected, faults) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0)");
    SQLite::bind(row, run.directory, run.plan, run.kind, run.kproof, run.started, run.ended,
                 static_cast<int>(run.interrupted), id.getColumn(0).getInt64(), run.file);
    row.exec();
    return db_.getLastInsertRowid();
  }

  void count() {
    Statement row(db_, "UPDATE run SET expected = ?, unexpected = ?, faults = ? WHERE id = ?");
    SQLite::bind(row, standing_[0], standing_[1], standing_[2], run_);
    row.exec();
  }

  void add(std::int64_t point, const Cell& cell) {
    cell_.reset();
    SQLite::bind(cell_, point, run_, cell.repetition, cell.attempt, cell.started,
                 kernel_of(cell.kernel), word(cell.inputs), word(cell.setting), word(cell.verdict),
                 word(cell.reason), word(fmt::format("{}", fmt::join(cell.seen, "\n"))),
                 static_cast<int>(cell.says), static_cast<int>(cell.standing),
                 static_cast<int>(cell.to_its_end));
    cell_.exec();
    for (const compare::Sign& sign : cell.signs)
      add(point, cell, sign);
    for (const Figure& figure : cell.figures)
      add(point, cell, figure);
  }

  void add(std::int64_t point, const Cell& cell, const compare::Sign& sign) {
    const std::int64_t id = sign_of(sign);
    shown_.reset();
    SQLite::bind(shown_, point, run_, cell.repetition, cell.attempt, id);
    shown_.exec();
    at(sign_at_, id, point);
  }

  void add(std::int64_t point, const Cell& cell, const Figure& figure) {
    const std::int64_t id = metric_of(figure);
    figure_.reset();
    SQLite::bind(figure_, point, run_, cell.repetition, cell.attempt, id, figure.value,
                 fmt::format("{}", fmt::join(figure.samples, "\n")));
    figure_.exec();
    at(metric_at_, id, point);
  }

  void at(Statement& statement, std::int64_t id, std::int64_t point) {
    statement.reset();
    SQLite::bind(statement, id, point);
    statement.exec();
  }

  void note(const model::WatchedMetric& watched) {
    Statement row(db_, "UPDATE metric SET least_change = ?1 WHERE name GLOB ?2");
    row.bind(1, watched.least_change);
    row.bind(2, watched.name);
    row.exec();
  }

  // The row with those values, which is made where it is missing.
  template <class... Values>
  std::int64_t id_of(Statement& insert, Statement& select, const Values&... values) {
    select.reset();
    SQLite::bind(select, values...);
    if (select.executeStep()) return select.getColumn(0).getInt64();
    insert.reset();
    SQLite::bind(insert, values...);
    insert.exec();
    return db_.getLastInsertRowid();
  }

  std::int64_t word(const std::string& text) {
    const auto known = words_.find(text);
    if (known != words_.end()) return known->second;
    return words_[text] = id_of(add_word_, find_word_, text);
  }
  std::int64_t point_of(const std::string& name) { return id_of(add_point_, find_point_, name); }
  std::int64_t sign_of(const compare::Sign& sign) {
    return id_of(add_sign_, find_sign_, static_cast<int>(sign.kind), sign.name, sign.fingerprint);
  }
  std::int64_t metric_of(const Figure& figure) {
    return id_of(add_metric_, find_metric_, figure.name, figure.unit);
  }
  std::int64_t kernel_of(const Kernel& k) {
    const auto known = kernels_.find(k);
    if (known != kernels_.end()) return known->second;
    return kernels_[k] = id_of(add_kernel_, find_kernel_, k.name, k.label, k.release, k.origin,
                               k.source, k.patches, k.config, k.compiler);
  }

  SQLite::Database& db_;
  std::int64_t run_ = 0;
  std::size_t added_ = 0;
  int standing_[3] = {};
  std::map<std::string, std::int64_t> words_;
  std::map<Kernel, std::int64_t> kernels_;

  Statement host_{db_, "INSERT OR IGNORE INTO host (facts) VALUES (?1)"};
  Statement known_{db_,
                   "SELECT 1 FROM cell WHERE point = ?1 AND started = ?2 AND repetition = ?3 AND "
                   "attempt = ?4"};
  Statement cell_{db_,
                  "INSERT INTO cell (point, run, repetition, attempt, started, kernel, inputs, "
                  "setting, verdict, reason, seen, says, standing, to_its_end) VALUES "
                  "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  Statement shown_{db_, "INSERT INTO shown VALUES (?, ?, ?, ?, ?)"};
  Statement figure_{db_, "INSERT INTO figure VALUES (?, ?, ?, ?, ?, ?, ?)"};
  Statement sign_at_{db_, "INSERT OR IGNORE INTO sign_at VALUES (?, ?)"};
  Statement metric_at_{db_, "INSERT OR IGNORE INTO metric_at VALUES (?, ?)"};
  Statement add_word_{db_, "INSERT INTO word (text) VALUES (?)"};
  Statement find_word_{db_, "SELECT id FROM word WHERE text = ?"};
  Statement add_point_{db_, "INSERT INTO point (name) VALUES (?)"};
  Statement find_point_{db_, "SELECT id FROM point WHERE name = ?"};
  Statement add_sign_{db_, "INSERT INTO sign (kind, name, fingerprint) VALUES (?, ?, ?)"};
  Statement find_sign_{db_, "SELECT id FROM sign WHERE kind = ? AND name = ? AND fingerprint = ?"};
  Statement add_metric_{db_, "INSERT INTO metric (name, unit, least_change) VALUES (?, ?, 0.05)"};
  Statement find_metric_{db_, "SELECT id FROM metric WHERE name = ? AND unit = ?"};
  Statement add_kernel_{db_,
                        "INSERT INTO kernel (name, label, release, origin, source, patches, "
                        "config, compiler) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"};
  Statement find_kernel_{
      db_,
      "SELECT id FROM kernel WHERE name = ? AND label = ? AND release = ? AND "
      "origin = ? AND source = ? AND patches = ? AND config = ? AND compiler = ?"};
};

}  // namespace

std::size_t write(SQLite::Database& db, const Run& run) {
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  Writer writer(db);
  const std::size_t added = writer.write(run);
  transaction.commit();
  return added;
}

}  // namespace kproof::history
