#include "cli/history_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <exception>

#include <fmt/format.h>

#include "cli/streams.hpp"
#include "history/keep.hpp"
#include "history/last_good.hpp"
#include "history/store.hpp"
#include "kernel/store.hpp"
#include "page/reports.hpp"
#include "report/text.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

void add_history_file(Command& command, std::string& word) {
  command.value("--history", word,
                "the file that keeps what all runs showed, or none (default: $KPROOF_HISTORY, else "
                "history.sqlite of the cache)");
}

std::optional<fs::path> history_file(const std::string& word) {
  std::string name = word;
  if (const char* variable = std::getenv("KPROOF_HISTORY"); name.empty() && variable)
    name = variable;
  if (name == "none") return std::nullopt;
  return name.empty() ? kernel::default_cache() / "history.sqlite" : fs::absolute(name);
}

static void warn(const std::string& what, const std::string& hint) {
  std::string text = fmt::format("kproof: warning: {}\n", what);
  if (!hint.empty()) text += fmt::format("  hint: {}\n", hint);
  tell(report::printable(text));
}

// What an error of `work` says is told as a warning that begins with `what`.
template <class Work>
static void try_to(const char* what, Work work) noexcept {
  try {
    work();
  } catch (const Error& error) {
    warn(fmt::format("{}: {}", what, error.what()), error.hint());
  } catch (const std::exception& error) {
    warn(fmt::format("{}: {}", what, error.what()), "");
  }
}

void keep_in_history(const std::string& word, const fs::path& directory) noexcept {
  constexpr const char* kNotKept = "this run is not in the history";
  try_to(kNotKept, [&] {
    const auto file = history_file(word);
    if (!file) return;
    history::Store store = history::Store::open_to_write(*file);
    for (const std::string& why : keep(store, directory).left_out)
      warn(fmt::format("{}: {}", kNotKept, why), "");
  });
}

static constexpr const char* kNotShown = "report.html does not show what passed before";

report::LastGoods last_goods(const std::string& word, const report::RunReport& report) noexcept {
  report::LastGoods goods;
  try_to(kNotShown, [&] {
    if (std::ranges::all_of(report.cells, [](const auto& cell) { return cell.judgement.expected; }))
      return;
    const auto file = history_file(word);
    if (!file || !fs::exists(*file)) return;
    goods = last_goods(history::Store::open_to_read(*file), report);
  });
  return goods;
}

void show_last_goods(const std::string& word, const report::RunReport& report) noexcept {
  const report::LastGoods goods = last_goods(word, report);
  if (goods.empty()) return;
  try_to(kNotShown, [&] {
    util::write_file_atomically(report.directory / "report.html", page::html_of(report, goods));
  });
}

}  // namespace kproof::cli
