#include "cli/history_file.hpp"

#include <cstdlib>
#include <exception>

#include <fmt/format.h>

#include "cli/streams.hpp"
#include "history/keep.hpp"
#include "history/store.hpp"
#include "kernel/store.hpp"
#include "report/text.hpp"
#include "util/error.hpp"

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
  std::string text = fmt::format("kproof: warning: this run is not in the history: {}\n", what);
  if (!hint.empty()) text += fmt::format("  hint: {}\n", hint);
  tell(report::printable(text));
}

void keep_in_history(const std::string& word, const fs::path& directory) noexcept {
  try {
    const auto file = history_file(word);
    if (!file) return;
    history::Store store = history::Store::open_to_write(*file);
    for (const std::string& why : keep(store, directory).left_out)
      warn(why, "");
  } catch (const Error& error) {
    warn(error.what(), error.hint());
  } catch (const std::exception& error) {
    warn(error.what(), "");
  }
}

}  // namespace kproof::cli
