// kproof cache: what is cached, who uses it, and what may go.
#include <algorithm>
#include <memory>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cache/inventory.hpp"
#include "cache/remove.hpp"
#include "cli/cli.hpp"
#include "kernel/store.hpp"
#include "report/text.hpp"
#include "util/error.hpp"
#include "util/units.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;
using cache::Entry;
using cache::Kind;
using cache::size_in_words;
using Json = nlohmann::ordered_json;

namespace {
struct CacheOptions {
  std::string kind, to, format = "text";
  bool prune = false, clear = false, dry_run = false;
};

struct CacheView {
  fs::path directory;
  std::vector<Entry> entries;  // what goes first stands first
  std::uint64_t budget = 0;
  cache::Choice choice;
  cache::Removed removed;
};
}  // namespace

static std::optional<Kind> kind_of(const std::string& word) {
  const auto found = std::ranges::find(cache::kKinds, word);
  if (found == cache::kKinds.end()) return std::nullopt;
  return static_cast<Kind>(found - cache::kKinds.begin());
}

static void require_coherent(const CacheOptions& options) {
  if (options.prune && options.clear)
    throw ConfigError(
        "kproof cache: --prune keeps what is within the budget, --clear keeps nothing",
        "take one of them");
  if (options.prune && !options.kind.empty())
    throw ConfigError("kproof cache: --prune is of all kinds",
                      fmt::format("`kproof cache --clear {}` removes all of one", options.kind));
  if (options.dry_run && !options.prune && !options.clear)
    throw ConfigError("kproof cache: --dry-run is of --prune or --clear");
}

static std::string age_in_words(cache::Time used) {
  using namespace std::chrono;
  const auto age = duration_cast<minutes>(system_clock::now() - used);
  if (age < 1min) return "now";
  if (age < 1h) return fmt::format("{} min ago", age.count());
  if (age < 48h) return fmt::format("{} h ago", age.count() / 60);
  return fmt::format("{} days ago", age.count() / (24 * 60));
}

static std::string holders_of(const Entry& entry) {
  if (!entry.held) return "";
  return entry.holders.empty() ? "another process"
                               : fmt::format("{}", fmt::join(entry.holders, "; "));
}

static void print_entries(const std::vector<Entry>& entries, std::size_t columns) {
  constexpr std::size_t kRest = 11 + 2 + 5 + 2 + 12 + 2 + 16;
  const std::size_t width = std::max<std::size_t>(columns, kRest + 24) - kRest;
  const auto row = [&](std::string_view kind, const std::string& what, std::string_view size,
                       std::string_view used, const std::string& held) {
    std::string line =
        fmt::format("{:11}  {}  {:>5}  {:12}  {}", kind,
                    report::pad(report::shorten(what, width), width), size, used, held);
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", line);
  };
  row("kind", "what", "size", "last used", "held by");
  for (const Entry& entry : entries)
    row(to_string(entry.kind), report::printable(entry.what), size_in_words(entry.bytes),
        age_in_words(entry.used), report::printable(holders_of(entry)));
}

static void print_sums(const CacheView& view) {
  fmt::print("\n");
  for (std::size_t i = 0; i < cache::kKinds.size(); ++i) {
    std::uint64_t bytes = 0, count = 0;
    for (const Entry& entry : view.entries)
      if (entry.kind == static_cast<Kind>(i)) ++count, bytes += entry.bytes;
    if (count > 0)
      fmt::print("{:11}  {:>5}  {}\n", cache::kKinds[i], size_in_words(bytes),
                 util::format_count(count, "entry", "entries"));
  }
}

static void print_state(const CacheView& view) {
  fmt::print("{}: {} of a budget of {}{}\n", view.directory.string(),
             size_in_words(view.choice.before), size_in_words(view.budget),
             view.choice.before > view.budget ? "; `kproof cache --prune` keeps to it" : "");
}

static void print_removal(const CacheView& view, bool dry_run) {
  for (const std::size_t i : view.choice.going)
    fmt::print("{} {} ({}, {}): {}\n", dry_run ? "would remove" : "removed",
               view.entries[i].path.string(), to_string(view.entries[i].kind),
               size_in_words(view.entries[i].bytes), report::printable(view.entries[i].what));
  for (const std::string& refusal : view.removed.refused)
    fmt::print("stays: {}\n", refusal);
  fmt::print("{}: {} before, {} {}; budget {}\n", view.directory.string(),
             size_in_words(view.choice.before), size_in_words(view.choice.after),
             dry_run ? "then" : "now", size_in_words(view.budget));
}

static Json as_json(const Entry& entry) {
  return {{"kind", to_string(entry.kind)},
          {"what", entry.what},
          {"path", entry.path.string()},
          {"bytes", entry.bytes},
          {"last_used", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                                    fmt::gmtime(std::chrono::system_clock::to_time_t(entry.used)))},
          {"held", entry.held},
          {"held_by", entry.holders}};
}

static void print_json(const CacheView& view, const CacheOptions& options) {
  Json entries = Json::array(), removed = Json::array();
  for (const Entry& entry : view.entries)
    if (options.kind.empty() || to_string(entry.kind) == options.kind)
      entries.push_back(as_json(entry));
  for (const std::size_t i : view.choice.going)
    removed.push_back(view.entries[i].path.string());
  Json json{{"schema", 1},
            {"kind", "cache"},
            {"directory", view.directory.string()},
            {"budget", view.budget},
            {"bytes", view.choice.before},
            {"entries", std::move(entries)}};
  if (options.prune || options.clear) {
    json["dry_run"] = options.dry_run;
    json["removed"] = std::move(removed);
    json["refused"] = view.removed.refused;
    json["bytes_after"] = view.choice.after;
  }
  fmt::print("{}\n", json.dump(1));
}

static CacheView look_and_choose(const CacheOptions& options) {
  CacheView view{.directory = kernel::default_cache(), .entries = {}, .choice = {}, .removed = {}};
  view.entries = cache::look(view.directory);
  std::ranges::stable_sort(view.entries, {}, &Entry::used);
  const std::uint64_t bytes = choose(view.entries, UINT64_MAX).before;
  view.budget = cache::budget_of(view.directory, options.to, bytes);
  view.choice = options.clear   ? choose_all(view.entries, kind_of(options.kind))
                : options.prune ? choose(view.entries, view.budget)
                                : cache::Choice{.going = {}, .before = bytes, .after = bytes};
  return view;
}

static int show_cache(const CacheOptions& options) {
  require_coherent(options);
  CacheView view = look_and_choose(options);
  const bool removes = options.prune || options.clear;
  if (removes && !options.dry_run)
    view.removed = remove(view.entries, view.choice, [](const Entry&) {});
  if (options.format == "json") {
    print_json(view, options);
  } else if (removes) {
    print_removal(view, options.dry_run);
  } else {
    std::vector<Entry> shown = view.entries;
    std::erase_if(shown, [&](const Entry& entry) {
      return !options.kind.empty() && to_string(entry.kind) != options.kind;
    });
    print_entries(shown, report::style_of(STDOUT_FILENO).width);
    print_sums(view);
    print_state(view);
  }
  return view.removed.refused.empty() ? kOk : kHostFault;
}

void add_cache_budget(Command& command, std::string& budget) {
  command.value("--cache-budget", budget,
                "what the cache may take, 20G or 15% of its file system (default: "
                "$KPROOF_CACHE_BUDGET, or a fifth); kproof removes what was used least recently");
}

void require_cache_budget(const std::string& budget) {
  cache::budget_of(kernel::default_cache(), budget, 0);
}

void add_cache(CommandLine& line) {
  Command command = line.add("cache", "Show what is cached and who uses it; make it smaller");
  const auto options = std::make_shared<CacheOptions>();
  command.choice("KIND", options->kind,
                 std::vector<std::string>(cache::kKinds.begin(), cache::kKinds.end()),
                 "only what is of this kind");
  command.flag("--prune", options->prune,
               "remove what was used least recently until the cache is within its budget");
  command.value("--to", options->to, "with --prune: the budget, 20G or 15% of the file system");
  command.depends("--to", "--prune");
  command.flag("--clear", options->clear,
               "remove all, or all of KIND; of records and what is not kproof's only by its KIND");
  command.flag("--dry-run", options->dry_run, "say what would be removed, and remove nothing");
  command.choice("--format", options->format, {"text", "json"}, "text or json");
  command.footer(
      "What a running kproof uses is never removed, and what is removed is made again when\n"
      "it is needed. The cache is $KPROOF_CACHE, else ~/.cache/kproof, root's\n"
      "/var/cache/kproof. Runs and builds keep it within $KPROOF_CACHE_BUDGET.\n"
      "Exit code: 0; 69 something that was to go could not be removed.");
  command.example("kproof cache", "what takes how much, when it was used last and who uses it now");
  command.example("kproof cache --prune --to 10G --dry-run", "what would go to keep within 10 GB");
  command.example("kproof cache --clear build", "all build directories that nobody uses");
  command.does([options] { return show_cache(*options); });
}

}  // namespace kproof::cli
