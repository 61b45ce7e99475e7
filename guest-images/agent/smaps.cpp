#include "smaps.hpp"

#include <charconv>
#include <map>
#include <vector>

namespace kproof::guest {

namespace {
// Sizes in kB, by the names of smaps.
struct Mapping {
  std::string_view range, path, flags;
  std::map<std::string_view, std::uint64_t> kb;

  std::uint64_t of(std::string_view field) const {
    const auto found = kb.find(field);
    return found == kb.end() ? 0 : found->second;
  }
  bool has_flag(std::string_view flag) const {
    return (" " + std::string(flags) + " ").find(" " + std::string(flag) + " ") !=
           std::string::npos;
  }
};
}  // namespace

static std::string_view take_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

static std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

// "7f06-7f07 rw-s 00000000 00:19 2      /run/ram"; the path may have blanks.
static Mapping parse_header(std::string_view line) {
  Mapping mapping;
  mapping.range = take_word(line);
  for (int skipped = 0; skipped < 4; ++skipped)  // permissions, offset, device, inode
    take_word(line);
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  mapping.path = line;
  return mapping;
}

// "Rss:  4 kB" or "VmFlags: rd wr".
static void add_field(Mapping& mapping, std::string_view line) {
  std::string_view name = take_word(line);
  name.remove_suffix(1);
  if (name == "VmFlags") {
    mapping.flags = line;
    return;
  }
  const std::string_view number = take_word(line);
  std::from_chars(number.data(), number.data() + number.size(), mapping.kb[name]);
}

static std::vector<Mapping> parse(std::string_view smaps) {
  std::vector<Mapping> mappings;
  while (!smaps.empty()) {
    const std::string_view line = take_line(smaps);
    const bool field = line.substr(0, line.find(' ')).ends_with(':');
    if (!field)
      mappings.push_back(parse_header(line));
    else if (!mappings.empty())
      add_field(mappings.back(), line);
  }
  return mappings;
}

static std::string quote(const Mapping& mapping) {
  std::string text(mapping.path.empty() ? "anonymous memory" : mapping.path);
  text += " at " + std::string(mapping.range) + ":";
  for (const char* field : {"Size", "KernelPageSize", "Rss", "AnonHugePages", "ShmemPmdMapped",
                            "Shared_Hugetlb", "Private_Hugetlb"})
    if (mapping.of(field) != 0)
      text += " " + std::string(field) + " " + std::to_string(mapping.of(field)) + " kB";
  return text + ", VmFlags" + std::string(mapping.flags);
}

static std::uint64_t page_size(const Mapping& mapping) {
  constexpr std::uint64_t kSmall = 4, kPmd = 2048;
  const std::uint64_t kernels = mapping.of("KernelPageSize");
  if (mapping.has_flag("ht")) {
    const bool touched = mapping.of("Shared_Hugetlb") + mapping.of("Private_Hugetlb") != 0;
    return touched ? kernels << 10 : 0;
  }
  if (kernels > kSmall) return kernels << 10;  // device DAX
  const std::uint64_t rss = mapping.of("Rss");
  if (rss == 0) return 0;
  const bool all = mapping.of("AnonHugePages") + mapping.of("ShmemPmdMapped") == rss;
  return (all ? kPmd : kSmall) << 10;
}

BackingFacts parse_backing(std::string_view smaps, std::string_view path) {
  const std::vector<Mapping> mappings = parse(smaps);
  const Mapping* largest = nullptr;
  for (const Mapping& mapping : mappings)
    if (mapping.path == path && (!largest || mapping.of("Size") > largest->of("Size")))
      largest = &mapping;
  if (!largest)
    return {0, "no mapping of " + (path.empty() ? "anonymous memory" : std::string(path))};
  const std::uint64_t size = page_size(*largest);
  return {size, (size ? "" : "nothing is mapped yet: ") + quote(*largest)};
}

}  // namespace kproof::guest
