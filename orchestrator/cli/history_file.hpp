// Which history, and what subcommands that run cells leave there.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cli/command.hpp"
#include "report/last_good.hpp"
#include "report/run_report.hpp"

namespace kproof::cli {

// --history FILE: what is said in `word`, "" if nothing is.
void add_history_file(Command& command, std::string& word);

// The file that `word` names; without one $KPROOF_HISTORY, else history.sqlite of the cache.
// Nothing where that is `none`.
std::optional<std::filesystem::path> history_file(const std::string& word);

// All runs of a run directory, which has just ended. What goes wrong is told as a warning: the
// directory holds it all, and a history decides nothing of a run.
void keep_in_history(const std::string& word, const std::filesystem::path& directory) noexcept;

// Of the cells of `report` that are not as expected; none where there is no history. What goes
// wrong is told as a warning: a page is whole without them.
report::LastGoods last_goods(const std::string& word, const report::RunReport& report) noexcept;

// report.html of a run that has just ended once more, if some of its bad cells passed before: their
// logs of then stand beside.
void show_last_goods(const std::string& word, const report::RunReport& report) noexcept;

}  // namespace kproof::cli
