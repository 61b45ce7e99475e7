#include "thin/directory.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <unistd.h>

#include "compare/proven.hpp"
#include "report/read_run.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace kproof::thin {
namespace fs = std::filesystem;
using compare::Standing;

static Use use_of(const model::CellResult& cell) {
  if (compare::standing_of(cell.judgement) != Standing::expected) return Use::needed;
  return cell.judgement.verdict == model::Verdict::pass && cell.findings.empty() ? Use::passed
                                                                                 : Use::expected;
}

// By name without repetition: of one whose repetition is needed all are, to be compared with.
static std::map<std::string, Use> uses_of(const report::RecordedRun& run) {
  std::map<std::string, Use> uses;
  for (const model::CellResult& cell : run.cells) {
    const auto [use, is_new] = uses.try_emplace(report::full_name_of(cell), use_of(cell));
    if (!is_new) use->second = std::max(use->second, use_of(cell));
  }
  return uses;
}

// "k/l1/mm/a" of the directories "k/l1/mm/a", "k/l1/mm/a@2" and "k/l1/mm/a.attempt-1".
static std::string cell_of(std::string directory) {
  for (const std::string_view mark : {".attempt-", "@"}) {
    const auto at = directory.rfind(mark);
    if (at == std::string::npos) continue;
    const std::string number = directory.substr(at + mark.size());
    if (!number.empty() && number.find_first_not_of("0123456789") == std::string::npos)
      directory.resize(at);
  }
  return directory;
}

static Use use_of(const fs::path& file, const fs::path& cells,
                  const std::map<std::string, Use>& uses) {
  if (file.filename() == "cell.json") return Use::needed;
  const auto found = uses.find(cell_of(file.parent_path().lexically_relative(cells).string()));
  return found == uses.end() ? Use::needed : found->second;
}

OldRun look(const fs::path& directory) {
  const report::RecordedRun run = report::read_run(directory);
  OldRun old{.directory = run.directory, .ended = run.interrupted ? "" : run.ended, .files = {}};
  const fs::path cells = old.directory / "cells";
  const auto uses = uses_of(run);
  std::error_code error;
  const auto in_cells = [&](const fs::path& path) {
    return path.string().starts_with(cells.string() + "/");
  };
  for (fs::recursive_directory_iterator entry(old.directory, error), end; !error && entry != end;
       entry.increment(error)) {
    // A step of a bisection is a run of its own.
    if (!in_cells(entry->path()) && entry->is_directory() && report::is_run(entry->path()))
      entry.disable_recursion_pending();
    if (entry->is_symlink() || !entry->is_regular_file()) continue;
    const std::uint64_t bytes = entry->file_size();
    old.bytes += bytes;
    if (in_cells(entry->path()))
      old.files.push_back({entry->path(), bytes, use_of(entry->path(), cells, uses)});
  }
  if (error)
    throw HostError(fmt::format("cannot read {}: {}", directory.string(), error.message()));
  return old;
}

static void remove(const Choice::Part& part, Removed& removed,
                   const std::function<void(const fs::path&)>& before) {
  for (const File& file : part.files) {
    if (before) before(file.path);
    std::error_code error;
    if (fs::remove(file.path, error))
      removed.bytes += file.bytes;
    else if (error)
      removed.refused.push_back(fmt::format("{}: {}", file.path.string(), error.message()));
  }
}

Removed remove(const Choice& choice, const std::function<void(const fs::path&)>& before) {
  Removed removed;
  for (const Choice::Part& part : choice.parts) {
    const fs::path lock = part.run / ".lock";
    if (::access(part.run.c_str(), W_OK) != 0) {
      removed.refused.push_back(fmt::format("{}: it is not yours to write", part.run.string()));
      continue;
    }
    const auto held = util::FileLock::try_acquire(lock);
    if (!held)
      removed.refused.push_back(
          fmt::format("{} is in use by {}", part.run.string(), util::FileLock::told_holder(lock)));
    else
      remove(part, removed, before);
  }
  return removed;
}

}  // namespace kproof::thin
