#include "desk/saves.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace kproof::desk {

static std::string_view last_part(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

bool is_watched(std::string_view directory) {
  static constexpr std::array<std::string_view, 5> kBeside{
      "Documentation", "include/generated", "include/config", "kproof-out", "tools/testing"};
  const std::string_view name = last_part(directory);
  if (name.starts_with('.')) return false;
  return std::ranges::find(kBeside, directory) == kBeside.end() &&
         !directory.ends_with("/include/generated");
}

// vim tries whether it may write by a file 4913.
static bool is_of_an_editor(std::string_view name) {
  return name.ends_with('~') || name.starts_with('#') ||
         (!name.empty() &&
          std::ranges::all_of(name, [](unsigned char c) { return std::isdigit(c); }));
}

static bool is_built(std::string_view name) {
  static constexpr std::array<std::string_view, 9> kEnds{
      ".o", ".a", ".ko", ".mod", ".mod.c", ".order", ".symvers", ".tmp", ".orig"};
  return name == "vmlinux" || name == "bzImage" || name == "System.map" ||
         std::ranges::any_of(kEnds, [&](std::string_view end) { return name.ends_with(end); });
}

bool is_source(std::string_view file) {
  const std::string_view name = last_part(file);
  if (file == ".config" || name == ".gitignore") return true;
  return !name.starts_with('.') && !is_of_an_editor(name) && !is_built(name);
}

void Saves::add(std::string file, Time now) {
  files_.insert(std::move(file));
  if (!first_) first_ = now;
  last_ = now;
}

std::optional<Saves::Time> Saves::over_at() const {
  if (!first_) return std::nullopt;
  return std::min(last_ + kQuiet, *first_ + kLong);
}

std::optional<Saves::Save> Saves::take(Time now) {
  const auto over = over_at();
  if (!over || now < *over) return std::nullopt;
  Save save{std::exchange(files_, {}), *first_};
  first_.reset();
  return save;
}

}  // namespace kproof::desk
