#include "history/keep.hpp"

#include <algorithm>
#include <optional>

#include "history/record.hpp"
#include "util/error.hpp"

namespace kproof::history {
namespace fs = std::filesystem;

static std::optional<Run> read(const fs::path& directory, Kept& kept) {
  try {
    return record_of(report::read_run(directory));
  } catch (const Error& error) {
    kept.left_out.emplace_back(error.what());
    return std::nullopt;
  }
}

static bool lies_in(const std::string& directory, const std::string& other) {
  return directory.starts_with(other + "/");
}

Kept keep(Store& store, const fs::path& directory) {
  Kept kept;
  std::vector<std::string> bisections;
  for (const fs::path& one : report::runs_below(directory)) {  // what is around comes first
    auto run = read(one, kept);
    if (!run) continue;
    if (run->kind.ends_with("bisect")) bisections.push_back(run->directory);
    if (std::ranges::any_of(bisections,
                            [&](const auto& all) { return lies_in(run->directory, all); }))
      run->kind = kStep;
    const std::size_t added = store.add(*run);
    kept.cells += added;
    kept.runs += added > 0;
  }
  return kept;
}

}  // namespace kproof::history
