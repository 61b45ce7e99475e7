#include "bench/nights_page.hpp"

#include "history/made_up.hpp"
#include "nights/index.hpp"
#include "util/files.hpp"

namespace kproof::bench {
namespace fs = std::filesystem;

static void add_hostile(std::vector<history::Run>& runs, const std::string& text) {
  for (std::size_t night = 0; night < runs.size(); ++night) {
    history::Cell cell = history::made_up_cell("k/l1/mm/hostile", night);
    if (night + 7 >= runs.size())
      cell = bad(std::move(cell), {compare::Sign::Kind::finding, text, ""});
    runs[night].cells.push_back(std::move(cell));
  }
}

void write_nights(const fs::path& directory, const std::string& hostile) {
  std::vector<history::Run> runs = history::Nights::of(1);
  add_hostile(runs, hostile);
  std::vector<std::string> names;
  for (const history::Run& run : runs)
    names.push_back(nights::night_of(run.started));
  const std::vector<history::Cell>& cells = runs.front().cells;
  std::vector<nights::Row> rows;
  for (const history::Cell& cell : cells)
    rows.push_back(nights::row_of(cell.name, observations_in(runs, cell.name), names,
                                  {.series = cells.size()}));
  const nights::Overview overview = nights::overview_of(names, std::move(rows));
  fs::create_directories(directory);
  util::write_file_atomically(directory / "index.html",
                              index_html(overview, [](const std::string&) { return ""; }));
}

}  // namespace kproof::bench
