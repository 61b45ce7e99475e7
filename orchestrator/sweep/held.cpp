#include "sweep/held.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "sweep/traces.hpp"

namespace kproof::sweep {
using nlohmann::json;

std::string facts_of(const PreparedCell& cell, model::Accel accel,
                     const std::filesystem::path& out) {
  json levels = json::array();
  for (const PreparedLevel& level : cell.levels)
    levels.push_back({{"label", level.kernel.label},
                      {"release", level.kernel.release},
                      {"vmlinux", level.kernel.vmlinux.string()},
                      {"modules", level.kernel.modules_dir.string()},
                      {"in_place", stays_where_linked(level)},
                      {"mmu", to_string(level.level.mmu)}});
  const json facts{{"cell", cell.cell.id},
                   {"out", out.string()},
                   {"levels", levels},
                   {"emulated", accel == model::Accel::tcg}};
  return facts.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string tell_held(const std::string& cell, const std::string& why) {
  if (why.empty()) return fmt::format("{}: goes on", cell);
  return fmt::format(
      "{0}: paused: {1}\n"
      "  get in with `kproof attach {0}` and --shell, --console or --monitor, or `kproof gdb "
      "{0}`;\n"
      "  `kproof attach {0} --resume` lets it go on, Ctrl-C here ends the run",
      cell, why);
}

void note_visits(model::Judgement& judgement, const std::set<std::string>& visits) {
  if (visits.empty()) return;
  const std::string ways = fmt::format("{}", fmt::join(visits, ", "));
  if (judgement.verdict != model::Verdict::pass) {
    judgement.reason +=
        fmt::format("; somebody was in the guest ({}), and may have caused it", ways);
    return;
  }
  judgement = {.verdict = model::Verdict::broken,
               .blame = model::Blame::host,
               .reason = fmt::format(
                   "it would have passed, but somebody was in the guest ({}): run it again", ways)};
}

}  // namespace kproof::sweep
