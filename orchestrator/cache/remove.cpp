#include "cache/remove.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include "cache/inventory.hpp"
#include "cache/leftover.hpp"
#include "cache/use.hpp"
#include "util/error.hpp"
#include "util/fd.hpp"

namespace kproof::cache {
namespace fs = std::filesystem;

// Of what is worked in, without a word to whoever reads the lock's file.
static std::optional<std::vector<util::Fd>> claim_locks(const std::vector<fs::path>& locks) {
  std::vector<util::Fd> held;
  for (const fs::path& lock : locks) {
    util::Fd fd(::open(lock.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) continue;
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return std::nullopt;
    held.push_back(std::move(fd));
  }
  return held;
}

// A name of its own in the same directory; "" with errno.
static fs::path rename_away(const fs::path& path) {
  std::string name = path.string() + kGone + "XXXXXX";
  if (!::mkdtemp(name.data())) return {};
  const fs::path within = fs::path(name) / path.filename();
  if (::rename(path.c_str(), within.c_str()) == 0) return name;
  const int error = errno;
  ::rmdir(name.c_str());
  errno = error;
  return {};
}

static std::string take_away(const Entry& entry, fs::path& gone) {
  const bool leftover = entry.kind == Kind::leftover;
  const auto claimed = leftover ? std::nullopt : Claimed::try_claim(entry.path);
  const auto locks = claim_locks(entry.locks);
  if ((!leftover && !claimed) || !locks) return "somebody uses it now";
  gone = leftover ? entry.path : rename_away(entry.path);
  if (gone.empty()) return errno == ENOENT ? "" : std::strerror(errno);
  std::error_code ignored;
  fs::remove(record_of(entry.path), ignored);  // who waits for it makes another
  return "";
}

static std::string remove_one(const Entry& entry) {
  fs::path gone;
  if (std::string why = take_away(entry, gone); !why.empty()) return why;
  std::error_code error;
  if (!gone.empty()) fs::remove_all(gone, error);
  return error ? error.message() : "";
}

Removed remove(const std::vector<Entry>& entries, const Choice& choice,
               const std::function<void(const Entry&)>& say) {
  Removed removed;
  for (const std::size_t i : choice.going) {
    say(entries[i]);
    if (const std::string why = remove_one(entries[i]); !why.empty()) {
      removed.refused.push_back(fmt::format("{}: {}", entries[i].path.string(), why));
    } else {
      ++removed.entries;
      removed.bytes += entries[i].bytes;
    }
  }
  return removed;
}

std::string size_in_words(std::uint64_t bytes) {
  constexpr std::uint64_t kStep = 1024;
  if (bytes < kStep) return fmt::format("{}", bytes);
  double size = static_cast<double>(bytes);
  const char* unit = "KMGT";
  for (size /= kStep; size >= kStep && unit[1]; size /= kStep)
    ++unit;
  return size < 9.95 ? fmt::format("{:.1f}{}", size, *unit) : fmt::format("{:.0f}{}", size, *unit);
}

static fs::path nearest_directory(fs::path path) {
  std::error_code ignored;
  while (!fs::exists(path, ignored) && path.has_relative_path())
    path = path.parent_path();
  return path;
}

std::uint64_t budget_of(const fs::path& cache, const std::string& option, std::uint64_t cached) {
  std::error_code error;
  const fs::space_info space = fs::space(nearest_directory(fs::absolute(cache)), error);
  if (!option.empty()) return parse_budget(option, "--cache-budget", space.capacity);
  const char* set = std::getenv("KPROOF_CACHE_BUDGET");
  if (set && *set) return parse_budget(set, "KPROOF_CACHE_BUDGET", space.capacity);
  return error ? UINTMAX_MAX : usual_budget(space.capacity, space.available, cached);
}

void keep_within(const fs::path& cache, const std::string& option,
                 const std::function<void(std::string_view)>& say) {
  const std::vector<Entry> entries = look(cache);
  const std::uint64_t budget = budget_of(cache, option, choose_all(entries, std::nullopt).before);
  const Choice choice = choose(entries, budget);
  const Removed removed = remove(entries, choice, [](const Entry&) {});
  if (removed.bytes > 0)
    say(fmt::format(
        "the cache was {}, above its budget of {}: {} that was used least recently is "
        "removed (`kproof cache` shows the rest)",
        size_in_words(choice.before), size_in_words(budget), size_in_words(removed.bytes)));
  if (choice.after > budget)
    say(fmt::format("the cache has {} that this and other runs use now, more than its budget of {}",
                    size_in_words(choice.after), size_in_words(budget)));
}

}  // namespace kproof::cache
