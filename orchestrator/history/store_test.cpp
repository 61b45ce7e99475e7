#include "history/store.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>
#include <sys/resource.h>

#include "history/cell_history.hpp"
#include "history/made_up.hpp"
#include "history/schema.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::history;
namespace fs = std::filesystem;

namespace {
class File {
 public:
  fs::path path() const { return scratch_.path() / "below" / "history.sqlite"; }
  Store to_write() const { return Store::open_to_write(path()); }
  void make(const std::string& sql) const {
    fs::create_directories(path().parent_path());
    SQLite::Database db(path().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    db.exec(sql);
  }

 private:
  util::ScratchDir scratch_{"kproof-history-"};
};

std::string refused(const fs::path& path) {
  try {
    Store::open_to_write(path).runs();
  } catch (const Error& error) {
    return std::string(error.what()) + " | " + error.hint();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
}  // namespace

TEST_CASE("what is kept comes back, in the order of runs") {
  const File file;
  auto runs = Nights::of(1);
  std::ranges::reverse(runs);
  {
    Store store = file.to_write();
    for (const Run& run : runs)
      CHECK(store.add(run) == 4);
  }
  const Store store = Store::open_to_read(file.path());
  CHECK(store.runs().size() == 60);
  CHECK(store.runs().front().directory == "/nights/0");
  CHECK(store.runs().front().expected == 4);
  CHECK(store.runs()[Nights::kOut].faults == 4);
  CHECK(store.cells() == std::vector<std::string>{"k/l1/kvm/slow", "k/l1/mm/flake", "k/l1/mm/good",
                                                  "k/l1/mm/regressed"});
  const auto seen = store.observations("k/l1/mm/regressed");
  REQUIRE(seen.size() == 60);
  const Cell& last = seen.back().cell;
  const Cell& kept = runs.front().cells[1];
  CHECK(last.signs == kept.signs);
  CHECK(last.seen == kept.seen);
  CHECK(last.kernel == kept.kernel);
  CHECK(last.started == kept.started);
  CHECK(last.says == kept.says);
  CHECK(last.standing == kept.standing);
  CHECK(last.reason == kept.reason);
  CHECK(seen.back().plan == "nightly");
  CHECK(seen.back().kind == "run");
  CHECK(store.observations("k/l1/kvm/slow").front().cell.figures.at(0).value ==
        runs.back().cells[3].figures[0].value);
  CHECK(store.cells_that_showed(kWarning.fingerprint) ==
        std::vector<std::string>{"k/l1/mm/regressed"});
  CHECK(store.cells_that_showed("WARNING*") == std::vector<std::string>{"k/l1/mm/regressed"});
  CHECK(store.cells_that_measured("st*") == std::vector<std::string>{"k/l1/kvm/slow"});
  CHECK(store.observations("no such").empty());
  const CellHistory past = history_of("k/l1/mm/regressed", seen, {});
  CHECK(past.symptoms.at(0).state == State::introduced);
}

TEST_CASE("a run is kept once, and of a run that kept cells only those that it ran") {
  const File file;
  Store store = file.to_write();
  Run run = Nights::of(1).front();
  CHECK(store.add(run) == 4);
  CHECK(store.add(run) == 0);
  run.directory = "/a/copy";
  CHECK(store.add(run) == 0);
  run.cells[0].started = "2026-01-02T00:00:00Z";
  CHECK(store.add(run) == 1);
  CHECK(store.runs().size() == 2);
}

TEST_CASE("where the file of the plan is known, an observation has that in place of its name") {
  const File file;
  Store store = file.to_write();
  Run run = Nights::of(1).front();
  run.file = "plans/nightly.yaml";
  store.add(run);
  CHECK(store.observations("k/l1/mm/good").at(0).plan == "plans/nightly.yaml");
}

TEST_CASE("two who write at once both get in") {
  const File file;
  const auto runs = Nights::of(1);
  const auto write = [&](std::size_t first) {
    Store store = file.to_write();
    for (std::size_t i = first; i < runs.size(); i += 2)
      store.add(runs[i]);
  };
  { const std::jthread even(write, 0u), odd(write, 1u); }
  CHECK(Store::open_to_read(file.path()).runs().size() == runs.size());
}

TEST_CASE("a history of an older schema is brought up to date, with what it holds") {
  const File file;
  file.make(std::string(migrations()[0]) +
            "PRAGMA application_id = 1802531430; PRAGMA user_version = 1;"
            "INSERT INTO point VALUES (1, 'c'); INSERT INTO sign VALUES (1, 1, 't', 'f');"
            "INSERT INTO shown VALUES (1, 1, 1, 1, 1);");
  static_assert(kApplication == 1802531430);
  CHECK(Store::open_to_read(file.path()).cells_that_showed("f") == std::vector<std::string>{"c"});
  CHECK(file.to_write().add(Nights::of(1).front()) == 4);
}

TEST_CASE("what is no history of ours is refused and not touched, with the next step") {
  const File newer, other, text, missing;
  newer.make("PRAGMA application_id = 1802531430; PRAGMA user_version = 99; CREATE TABLE t (a);");
  CHECK(contains(refused(newer.path()), "written by a newer kproof: its schema is 99"));
  CHECK(contains(refused(newer.path()), "another file with --history"));
  other.make("CREATE TABLE bookmarks (a)");
  CHECK(contains(refused(other.path()), "is a database of another program"));
  fs::create_directories(text.path().parent_path());
  const std::string words(5000, 'x');
  std::ofstream(text.path()) << words;
  CHECK(contains(refused(text.path()),
                 "file is not a database | move it away; run directories are untouched"));
  CHECK(util::read_file(text.path()) == words);
  CHECK_THROWS_WITH_AS(Store::open_to_read(missing.path()),
                       doctest::Contains("there is no history"), ConfigError);
}

TEST_CASE("a damaged history is told, and so is one that cannot be written") {
  const File file;
  {
    Store store = file.to_write();
    for (const Run& run : Nights::of(1))
      store.add(run);
  }
  const auto size = fs::file_size(file.path());
  {
    std::fstream hole(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    hole.seekp(8192);
    hole << std::string(size - 8192, '\xaa');
  }
  try {
    Store store = file.to_write();
    for (const Run& run : Nights::of(2))
      store.add(run);
    store.observations("k/l1/mm/good");
    FAIL("it seems sound");
  } catch (const HostError& error) {
    CHECK(contains(error.what(), "malformed"));
    CHECK(contains(error.hint(), "`kproof history import DIR...` adds them again"));
  }
}

TEST_CASE("a disk that is full loses nothing that was kept before") {
  const File file;
  const auto runs = Nights::of(1);
  Store store = file.to_write();
  store.add(runs[0]);
  // Of a file that may not grow SQLite says that it cannot write, as of a full disk.
  ::rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const ::rlimit now{4096, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &now);
  std::string said, hint;
  try {
    store.add(runs[1]);
  } catch (const HostError& error) {
    said = error.what();
    hint = error.hint();
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK(contains(said, "history " + file.path().string() + ": "));
  CHECK(contains(hint, "make room"));
  CHECK(store.runs().size() == 1);
  CHECK(store.add(runs[1]) == 4);
}
