#include "resources/cgroups.hpp"

#include <optional>
#include <sstream>

#include "util/text.hpp"

namespace kproof::resources {

namespace {
struct Mount {
  std::string root, point, type, options;
};
}  // namespace

// Of "memory,hugetlb" or "rw,memory".
static bool lists(std::string_view words, std::string_view word) {
  for (std::size_t at = 0; at <= words.size();) {
    const std::size_t end = std::min(words.find(',', at), words.size());
    if (words.substr(at, end - at) == word) return true;
    at = end + 1;
  }
  return false;
}

// mountinfo has blanks and the like as \040.
static std::string plain(const std::string& escaped) {
  const auto octal = [&](std::size_t at) { return escaped[at] >= '0' && escaped[at] <= '7'; };
  std::string text;
  for (std::size_t i = 0; i < escaped.size(); ++i)
    if (escaped[i] == '\\' && i + 3 < escaped.size() && octal(i + 1) && octal(i + 2) &&
        octal(i + 3)) {
      text += static_cast<char>((escaped[i + 1] - '0') * 64 + (escaped[i + 2] - '0') * 8 +
                                (escaped[i + 3] - '0'));
      i += 3;
    } else {
      text += escaped[i];
    }
  return text;
}

// "29 21 0:26 /root /point rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate"
static std::optional<Mount> parse_mount(const std::string& line) {
  std::istringstream words(line);
  std::string id, parent, device, options, word, source;
  Mount mount;
  words >> id >> parent >> device >> mount.root >> mount.point >> options;
  while (words >> word && word != "-")
    continue;
  if (!(words >> mount.type >> source >> mount.options)) return std::nullopt;
  mount.root = plain(mount.root);
  mount.point = plain(mount.point);
  return mount;
}

// The path of this process's group in the hierarchy of `controller`, "" for version 2's.
static std::optional<std::string> path_of(std::string_view controller,
                                          std::string_view proc_cgroup) {
  std::istringstream text{std::string(proc_cgroup)};
  for (std::string line; std::getline(text, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == line.npos || second == line.npos) continue;
    const auto controllers = std::string_view(line).substr(first + 1, second - first - 1);
    const bool found =
        controller.empty() ? line.starts_with("0::") : lists(controllers, controller);
    if (found) return line.substr(second + 1);
  }
  return std::nullopt;
}

bool is_within(std::string_view path, std::string_view around) {
  if (around == "/" || path == around) return true;
  return path.size() > around.size() && path.starts_with(around) && path[around.size()] == '/';
}

// From `path` up to the group that is mounted. One of outside of it ("/../x", in a namespace of
// control groups that this process did not start in) is not to be seen: the mounted one then.
static std::vector<Cgroup> groups_of(const std::string& path, const Mount& mount) {
  const bool seen = is_within(path, mount.root) && path.find("/..") == path.npos;
  std::string at = seen ? path : mount.root;
  std::vector<Cgroup> groups;
  for (;;) {
    const std::string below =
        at == mount.root ? "" : at.substr(mount.root == "/" ? 0 : mount.root.size());
    groups.push_back({at, mount.point + below});
    if (at == mount.root) return groups;
    const std::size_t slash = at.rfind('/');
    at = slash == 0 ? "/" : at.substr(0, slash);
  }
}

Hierarchy hierarchy_of(std::string_view controller, std::string_view proc_cgroup,
                       std::string_view mountinfo) {
  const auto v1 = path_of(controller, proc_cgroup);
  const auto path = v1 ? v1 : path_of("", proc_cgroup);
  Hierarchy found{.v2 = !v1};
  if (!path) return found;
  std::istringstream text{std::string(mountinfo)};
  for (std::string line; std::getline(text, line);) {
    const auto mount = parse_mount(line);
    if (!mount || mount->type != (v1 ? "cgroup" : "cgroup2")) continue;
    if (v1 && !lists(mount->options, controller)) continue;
    auto groups = groups_of(*path, *mount);
    // Of several mounts the one that shows most.
    if (groups.size() > found.groups.size()) found.groups = std::move(groups);
  }
  return found;
}

}  // namespace kproof::resources
