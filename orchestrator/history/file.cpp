#include "history/file.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "history/schema.hpp"
#include "util/fd.hpp"

namespace kproof::history {
namespace fs = std::filesystem;

static constexpr const char* kAgain =
    "run directories are untouched: `kproof history import DIR...` adds them again";

HostError fault(const fs::path& file, const SQLite::Exception& error) {
  const std::string what = fmt::format("history {}: {}", file.string(), error.what());
  switch (error.getErrorCode()) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return HostError(what, fmt::format("move it away; {}", kAgain));
    case SQLITE_FULL:
    case SQLITE_IOERR:
      return HostError(what,
                       fmt::format("make room, or name another file with --history; {}", kAgain));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return HostError(what, fmt::format("another kproof holds it for long; {}", kAgain));
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return HostError(what,
                       "its directory must exist, and it must be yours to write; or name another "
                       "file with --history, or none");
    default:
      return HostError(what, kAgain);
  }
}

// SQLite's write-ahead log is memory that processes share, and its locks are the file system's: on
// one of a network both fail without a word (https://sqlite.org/wal.html, "Disadvantages").
static void refuse_network(const fs::path& directory) {
  struct Kind {
    unsigned magic;
    const char* name;
  };
  static constexpr std::array<Kind, 8> kNetworks{{{0x6969, "NFS"},
                                                  {0xff534d42, "CIFS"},
                                                  {0xfe534d42, "SMB"},
                                                  {0x01021997, "9p"},
                                                  {0x00c36400, "Ceph"},
                                                  {0x0bd00bd0, "Lustre"},
                                                  {0x47504653, "GPFS"},
                                                  {0x5346414f, "AFS"}}};
  struct statfs facts {};
  if (::statfs(directory.c_str(), &facts) != 0) return;
  const auto network =
      std::ranges::find(kNetworks, static_cast<unsigned>(facts.f_type), &Kind::magic);
  if (network == kNetworks.end()) return;
  throw HostError(
      fmt::format("{} is on {}, where a history could be damaged", directory.string(),
                  network->name),
      "name a file on a disk of this machine with --history; run directories may be anywhere, and "
      "`kproof history import DIR...` reads them");
}

static int number_of(SQLite::Database& db, const char* pragma) {
  return db.execAndGet(fmt::format("PRAGMA {}", pragma)).getInt();
}

static int tables_in(SQLite::Database& db) {
  return db.execAndGet("SELECT count(*) FROM sqlite_master").getInt();
}

static void require_ours(SQLite::Database& db, const fs::path& file) {
  if (number_of(db, "application_id") == kApplication) return;
  if (number_of(db, "application_id") == 0 && tables_in(db) == 0) return;  // new
  throw ConfigError(fmt::format("{} is a database of another program", file.string()),
                    "name another file with --history");
}

static void require_known(int version, const fs::path& file) {
  const auto known = static_cast<int>(migrations().size());
  if (version <= known) return;
  throw ConfigError(
      fmt::format("history {} was written by a newer kproof: its schema is {}, and this "
                  "one knows {} and earlier",
                  file.string(), version, known),
      "use that kproof, or another file with --history");
}

// Of one state of the file: another program may make it at this moment.
static void require_usable(SQLite::Database& db, const fs::path& file) {
  const SQLite::Transaction snapshot(db);
  require_ours(db, file);
  require_known(number_of(db, "user_version"), file);
}

// Two programs may find it old at once: who comes second finds that it is done.
static void migrate(SQLite::Database& db, const fs::path& file) {
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  require_ours(db, file);
  const int version = number_of(db, "user_version");
  require_known(version, file);
  for (auto i = static_cast<std::size_t>(version); i < migrations().size(); ++i)
    db.exec(std::string(migrations()[i]));
  db.exec(fmt::format("PRAGMA application_id = {}", kApplication));
  db.exec(fmt::format("PRAGMA user_version = {}", migrations().size()));
  transaction.commit();
}

// Who makes or changes the form of the file does so alone, as long as this lives: SQLite gives up
// at once, however patient it is, where two ask for a write-ahead log at the same time. The lock is
// the directory's, so that there is no file more.
static util::Fd turn_in(const fs::path& directory) {
  util::Fd turn(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (turn) ::flock(turn.get(), LOCK_EX);
  return turn;
}

static void make_directory(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error)
    throw HostError(fmt::format("cannot create {}: {}", directory.string(), error.message()),
                    "name another file with --history, or none");
}

SQLite::Database open_file(const fs::path& file, Access access) {
  const fs::path directory = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (access == Access::write) make_directory(directory);
  std::error_code ignored;
  if (access == Access::read && !fs::exists(file, ignored))
    throw ConfigError(fmt::format("there is no history {}", file.string()),
                      "runs make it; `kproof history import DIR...` adds old run directories");
  refuse_network(directory);
  const bool writable = access == Access::write || ::access(file.c_str(), W_OK) == 0;
  try {
    constexpr int kPatience = 30000;  // ms, for who writes meanwhile
    SQLite::Database db(
        file.string(),
        writable ? SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE : SQLite::OPEN_READONLY, kPatience);
    require_usable(db, file);
    if (!writable) return db;
    const util::Fd turn = turn_in(directory);
    db.exec("PRAGMA journal_mode = WAL");
    db.exec("PRAGMA synchronous = NORMAL");  // what a power cut takes can be imported again
    if (number_of(db, "user_version") < static_cast<int>(migrations().size())) migrate(db, file);
    return db;
  } catch (const SQLite::Exception& error) {
    throw fault(file, error);
  }
}

}  // namespace kproof::history
