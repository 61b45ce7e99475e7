#include "merge/merge.hpp"

#include <fmt/format.h>

#include "merge/join.hpp"
#include "page/reports.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace kproof::merge {
namespace fs = std::filesystem;

static void require_empty(const fs::path& out) {
  std::error_code error;
  fs::create_directories(out, error);
  if (!error && fs::is_empty(out, error) && !error) return;
  throw ConfigError(error ? fmt::format("cannot create {}: {}", out.string(), error.message())
                          : fmt::format("{} is not empty", out.string()),
                    "name a new directory with --out");
}

static void copy_there(const fs::path& from, const fs::path& to) {
  if (!fs::exists(from) || fs::exists(to)) return;
  fs::create_directories(to.parent_path());
  fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
}

// Its directory with cell.json as the last file, those of attempts that do not count, and what it
// names outside of both.
static void copy_cell(const Part& part, const model::CellResult& cell, const fs::path& out) {
  for (const model::DiscountedAttempt& attempt : cell.discounted)
    copy_there(part.directory / attempt.directory, out / attempt.directory);
  for (const auto& [role, file] : cell.files)
    copy_there(part.directory / file, out / file);
  const fs::path directory = fs::path("cells") / cell.id;
  for (const auto& entry : fs::directory_iterator(part.directory / directory))
    if (entry.path().filename() != "cell.json")
      copy_there(entry.path(), out / directory / entry.path().filename());
  fs::create_directories(out / directory);
  report::write_cell(out / directory, cell);
}

static manifest::Manifest whole_of(const manifest::Manifest& part) {
  manifest::Manifest whole = part;
  whole.filter.shard.reset();
  return whole;
}

static std::vector<Part> read_parts(const std::vector<std::string>& directories) {
  std::vector<Part> parts;
  for (const std::string& directory : directories) {
    for (const Part& earlier : parts)
      if (fs::equivalent(earlier.directory, directory))
        throw ConfigError(fmt::format("{} is named twice", directory));
    parts.push_back(read_part(directory));
  }
  return parts;
}

static manifest::Manifest manifest_of(const std::vector<Part>& parts, const manifest::Cells& whole,
                                      const std::string& started) {
  manifest::Manifest manifest = whole_of(parts.front().manifest);
  manifest.cells.clear();
  for (const model::Cell& cell : whole.cells)
    manifest.cells.push_back(cell.id);
  manifest.started = started;
  return manifest;
}

static manifest::Cells all_cells(const Part& part, const config::CpuModels& cpu_models) {
  manifest::cells_of(part.manifest, cpu_models);  // throws where this program makes others
  return manifest::expand(whole_of(part.manifest), cpu_models);
}

Merged merge(const std::vector<std::string>& directories, const fs::path& out,
             const config::CpuModels& cpu_models) {
  const std::vector<Part> parts = read_parts(directories);
  const Joined joined = join(parts);
  const manifest::Cells whole = all_cells(parts.front(), cpu_models);
  Merged merged{report_of(parts, joined, whole), joined.remarks};
  report::RunReport& report = merged.report;
  for (std::string& line : tell_missing(parts, report))
    merged.remarks.push_back(std::move(line));
  require_empty(out);
  report.directory = out;
  for (const auto& [id, part] : joined.from)
    copy_cell(*part, part->cells.at(id), out);
  manifest::write(out, manifest_of(parts, whole, report.started));
  page::write_reports(report);
  return merged;
}

}  // namespace kproof::merge
