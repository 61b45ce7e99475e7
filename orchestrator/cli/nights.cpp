#include "cli/nights.hpp"

#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/cli.hpp"
#include "cli/exit_code.hpp"
#include "nights/index.hpp"
#include "nights/json.hpp"
#include "nights/mail.hpp"

namespace kproof::cli {

// Of a page that stands in this directory. A run has a square for each of its cells.
static std::string page_of(const nights::Overview& overview) {
  const std::string here = std::filesystem::current_path().string();
  std::map<std::string, std::string> known;
  return index_html(overview, [&](const std::string& directory) {
    const auto [link, is_new] = known.try_emplace(directory);
    if (is_new) link->second = nights::link_to_report(directory, here);
    return link->second;
  });
}

static std::string text_of(const nights::Overview& overview, const std::string& format) {
  if (format == "html") return page_of(overview);
  if (format == "markdown") return mail_markdown(overview);
  if (format == "text") return mail_text(overview);
  return to_json(overview).dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

int tell_nights(const history::Store& store, const std::vector<std::string>& cells,
                const history::Question& question, const NightsOptions& options) {
  const nights::Overview overview = nights::read(store, cells, question, options.nights);
  fmt::print("{}", text_of(overview, options.format));
  if (!options.changed) return kOk;
  const nights::Ending ending = ending_of(overview);
  return exit_code(
      Ending{.unexpected = !ending.real.empty() || !ending.slower.empty(), .host = ending.host});
}

}  // namespace kproof::cli
