#include "kernel/apt.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <re2/re2.h>

#include "util/error.hpp"
#include "util/names.hpp"

namespace kproof::kernel {

static std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

static std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

// "linux-image-6.1.0-56-amd64 (= 6.1.192-2)" -> "linux-image-6.1.0-56-amd64=6.1.192-2".
static std::string as_apt_takes_it(std::string_view relation) {
  const std::size_t open = relation.find('(');
  std::string name(trim(relation.substr(0, open)));
  if (open == std::string_view::npos) return name;
  const std::string_view condition = relation.substr(open + 1, relation.find(')') - open - 1);
  if (condition.starts_with("= ")) name += fmt::format("={}", trim(condition.substr(2)));
  return name;
}

static std::vector<std::string> image_dependencies(std::string_view depends) {
  std::vector<std::string> images;
  for (const std::string_view group : split(depends, ','))
    for (const std::string_view relation : split(group, '|'))
      if (trim(relation).starts_with("linux-image-")) images.push_back(as_apt_takes_it(relation));
  return images;
}

static void read_field(PackageRecord& record, std::string_view name, std::string_view value) {
  if (name == "Package") record.package = value;
  if (name == "Version") record.version = value;
  if (name == "Architecture") record.architecture = value;
  if (name == "Size") std::from_chars(value.data(), value.data() + value.size(), record.size);
  if (name == "Depends") record.images = image_dependencies(value);
}

std::vector<PackageRecord> parse_show(std::string_view text) {
  std::vector<PackageRecord> records;
  bool inside = false;
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) inside = false;
    const std::size_t colon = line.find(':');
    if (line.empty() || line.front() == ' ' || colon == std::string_view::npos) continue;
    if (!inside) records.emplace_back();
    inside = true;
    read_field(records.back(), line.substr(0, colon), trim(line.substr(colon + 1)));
  }
  return records;
}

bool is_package_name(std::string_view text) {
  // Debian policy 5.6.1 for names, 5.6.12 for versions.
  static const RE2 form("[a-z0-9][a-z0-9+.-]+(:[a-z0-9-]+)?(=[A-Za-z0-9.+:~-]+|/[a-z0-9-]+)?");
  return RE2::FullMatch(text, form);
}

PackageRecord follow_to_kernel(const std::string& package, const Show& show) {
  std::string name = package, via;
  for (int depth = 0; depth < 8; ++depth) {  // Debian's chains have one link
    const auto record = show(name);
    if (!record)
      throw ConfigError(via.empty()
                            ? fmt::format("apt knows no package {}", name)
                            : fmt::format("{} depends on {}, which apt does not know", via, name));
    if (record->images.empty()) return *record;
    via = record->package;
    name = record->images.front();
  }
  throw ConfigError(fmt::format("{} leads through more than 8 meta-packages", package));
}

// "6.12.94+deb12" of a plain kernel; "" for any other name.
static std::string version_of_image(const std::string& name) {
  static const RE2 form(R"(linux-image-(\d+\.\d+[0-9.+~a-z]*(?:-\d+)?)-amd64)");
  std::string version;
  return RE2::FullMatch(name, form, &version) ? version : "";
}

static bool begins_with(const std::string& version, std::string_view wanted) {
  if (!version.starts_with(wanted)) return false;
  return version.size() == wanted.size() || !std::isdigit(version[wanted.size()]);
}

std::optional<std::string> newest_image(std::string_view wanted,
                                        const std::vector<std::string>& names) {
  const std::string* best = nullptr;
  std::string newest;
  for (const std::string& name : names) {
    const std::string version = version_of_image(name);
    if (version.empty() || !begins_with(version, wanted)) continue;
    if (best != nullptr && ::strverscmp(version.c_str(), newest.c_str()) <= 0) continue;
    best = &name;
    newest = version;
  }
  return best != nullptr ? std::optional(*best) : std::nullopt;
}

std::vector<std::string> image_versions(const std::vector<std::string>& names) {
  static const RE2 form(R"((\d+\.\d+).*)");
  std::vector<std::string> versions;
  for (const std::string& name : names)
    if (std::string version; RE2::FullMatch(version_of_image(name), form, &version))
      versions.push_back(std::move(version));
  std::ranges::sort(versions, [](const std::string& a, const std::string& b) {
    return ::strverscmp(a.c_str(), b.c_str()) < 0;
  });
  versions.erase(std::unique(versions.begin(), versions.end()), versions.end());
  return versions;
}

std::vector<std::string> close_names(std::string_view wanted, std::vector<std::string> names) {
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (std::string& name : names)
    if (const std::size_t distance = util::edit_distance(wanted, name);
        distance <= 2 + wanted.size() / 4)
      ranked.emplace_back(distance, std::move(name));
  // Of equally close ones the higher name: mostly the newer version.
  std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second > b.second;
  });
  ranked.resize(std::min<std::size_t>(ranked.size(), 3));
  std::vector<std::string> best;
  best.reserve(ranked.size());
  for (auto& [distance, name] : ranked)
    best.push_back(std::move(name));
  return best;
}

}  // namespace kproof::kernel
