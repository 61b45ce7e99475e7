#include "history/schema.hpp"

namespace kproof::history {

// What is asked is one cell through all runs. So the rows of one lie together on the disk, as the
// keys of tables WITHOUT ROWID begin with the cell; and texts that repeat are kept once.
static constexpr std::string_view kFirst = R"(
CREATE TABLE host (id INTEGER PRIMARY KEY, facts TEXT NOT NULL UNIQUE);
CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE run (
  id INTEGER PRIMARY KEY, directory TEXT NOT NULL, plan TEXT NOT NULL, kind TEXT NOT NULL,
  kproof TEXT NOT NULL, started TEXT NOT NULL, ended TEXT NOT NULL, interrupted INTEGER NOT NULL,
  host INTEGER NOT NULL REFERENCES host,
  expected INTEGER NOT NULL, unexpected INTEGER NOT NULL, faults INTEGER NOT NULL);
CREATE INDEX run_started ON run (started);
CREATE TABLE kernel (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, label TEXT NOT NULL, release TEXT NOT NULL,
  origin TEXT NOT NULL, source TEXT NOT NULL, patches TEXT NOT NULL, config TEXT NOT NULL,
  compiler TEXT NOT NULL,
  UNIQUE (name, label, release, origin, source, patches, config, compiler));
CREATE TABLE point (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE cell (
  point INTEGER NOT NULL REFERENCES point, run INTEGER NOT NULL REFERENCES run,
  repetition INTEGER NOT NULL, attempt INTEGER NOT NULL,
  started TEXT NOT NULL, kernel INTEGER NOT NULL REFERENCES kernel,
  inputs INTEGER NOT NULL REFERENCES word, setting INTEGER NOT NULL REFERENCES word,
  verdict INTEGER NOT NULL REFERENCES word, reason INTEGER NOT NULL REFERENCES word,
  seen INTEGER NOT NULL REFERENCES word,
  says INTEGER NOT NULL, standing INTEGER NOT NULL, to_its_end INTEGER NOT NULL,
  PRIMARY KEY (point, run, repetition, attempt)) WITHOUT ROWID;
CREATE TABLE sign (
  id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, name TEXT NOT NULL, fingerprint TEXT NOT NULL,
  UNIQUE (kind, name, fingerprint));
CREATE TABLE shown (
  point INTEGER NOT NULL, run INTEGER NOT NULL, repetition INTEGER NOT NULL,
  attempt INTEGER NOT NULL, sign INTEGER NOT NULL REFERENCES sign,
  PRIMARY KEY (point, run, repetition, attempt, sign)) WITHOUT ROWID;
CREATE TABLE metric (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, unit TEXT NOT NULL, least_change REAL NOT NULL,
  UNIQUE (name, unit));
CREATE TABLE figure (
  point INTEGER NOT NULL, run INTEGER NOT NULL, repetition INTEGER NOT NULL,
  attempt INTEGER NOT NULL, metric INTEGER NOT NULL REFERENCES metric, value REAL NOT NULL,
  samples TEXT NOT NULL,
  PRIMARY KEY (point, run, repetition, attempt, metric)) WITHOUT ROWID;
)";

// Is it there already? And which cells ever showed it, or measured it?
static constexpr std::string_view kIndices = R"(
CREATE INDEX cell_started ON cell (point, started);
CREATE TABLE sign_at (sign INTEGER NOT NULL, point INTEGER NOT NULL, PRIMARY KEY (sign, point)) WITHOUT ROWID;
INSERT INTO sign_at SELECT DISTINCT sign, point FROM shown;
CREATE TABLE metric_at (metric INTEGER NOT NULL, point INTEGER NOT NULL, PRIMARY KEY (metric, point)) WITHOUT ROWID;
INSERT INTO metric_at SELECT DISTINCT metric, point FROM figure;
)";

// How is it run again?
static constexpr std::string_view kPlanFile =
    "ALTER TABLE run ADD COLUMN file TEXT NOT NULL DEFAULT ''";

const std::vector<std::string_view>& migrations() {
  static const std::vector<std::string_view> kAll{kFirst, kIndices, kPlanFile};
  return kAll;
}

}  // namespace kproof::history
