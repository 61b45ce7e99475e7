#include "cache/choice.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "util/error.hpp"
#include "util/units.hpp"

namespace kproof::cache {

std::uint64_t usual_budget(std::uint64_t capacity, std::uint64_t available, std::uint64_t cached) {
  const std::uint64_t share = capacity / 5, reserve = capacity / 20;
  if (available >= reserve) return share;
  const std::uint64_t missing = reserve - available;
  return std::min(share, cached > missing ? cached - missing : 0);
}

std::uint64_t parse_budget(std::string_view text, std::string_view source, std::uint64_t capacity) {
  if (text.ends_with('%')) {
    const auto share = util::parse_size(text.substr(0, text.size() - 1));
    if (share && *share <= 100) return capacity / 100 * *share;
  } else if (const auto size = util::parse_size(text)) {
    return *size;
  }
  throw ConfigError(fmt::format("{} is `{}`, which is no size", source, text),
                    "20G, 500M, or 15% of the file system");
}

static bool in_use(const std::vector<Entry>& entries, const Entry& entry) {
  return entry.held ||
         (entry.kind == Kind::tree && std::ranges::any_of(entries, [&](const Entry& part) {
            return part.held && part.tree == entry.path;
          }));
}

// Parts of a tree before the tree, as they were never used without it.
static std::vector<std::size_t> least_recently_used(const std::vector<Entry>& entries) {
  std::vector<std::size_t> order(entries.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) {
    const Entry& entry = entries[i];
    return std::tuple(entry.kind != Kind::leftover, entry.used, entry.kind);
  });
  return order;
}

static std::uint64_t replaceable_bytes(const std::vector<Entry>& entries) {
  std::uint64_t bytes = 0;
  for (const Entry& entry : entries)
    if (replaceable(entry.kind)) bytes += entry.bytes;
  return bytes;
}

namespace {
class Chooser {
 public:
  explicit Chooser(const std::vector<Entry>& entries) : entries_(entries) {
    choice_.before = choice_.after = replaceable_bytes(entries);
  }
  std::uint64_t left() const { return choice_.after; }
  void take(std::size_t index) {
    const Entry& entry = entries_[index];
    if (in_use(entries_, entry) || !gone_.insert(index).second) return;
    if (entry.kind == Kind::tree)
      for (std::size_t i = 0; i < entries_.size(); ++i)
        if (entries_[i].tree == entry.path) take(i);
    choice_.going.push_back(index);
    if (replaceable(entry.kind)) choice_.after -= entry.bytes;
  }
  Choice made() { return std::move(choice_); }

 private:
  const std::vector<Entry>& entries_;
  std::set<std::size_t> gone_;
  Choice choice_;
};
}  // namespace

Choice choose(const std::vector<Entry>& entries, std::uint64_t budget) {
  Chooser chooser(entries);
  for (const std::size_t i : least_recently_used(entries))
    if (replaceable(entries[i].kind) &&
        (entries[i].kind == Kind::leftover || chooser.left() > budget))
      chooser.take(i);
  return chooser.made();
}

Choice choose_all(const std::vector<Entry>& entries, std::optional<Kind> kind) {
  Chooser chooser(entries);
  for (const std::size_t i : least_recently_used(entries))
    if (kind ? entries[i].kind == *kind : replaceable(entries[i].kind)) chooser.take(i);
  return chooser.made();
}

}  // namespace kproof::cache
