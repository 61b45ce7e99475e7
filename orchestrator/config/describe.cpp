#include "config/describe.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "config/reader.hpp"
#include "util/error.hpp"
#include "util/names.hpp"

namespace kproof::config {
using nlohmann::json;

namespace {

// One object of the document; `path` leads to it: "needs.".
struct Object {
  const json& value;
  const std::string& program;
  std::string path;

  [[noreturn]] void fail(std::string_view key, const std::string& what) const {
    throw ConfigError(fmt::format("{} --describe: `{}{}` {}", program, path, key, what),
                      "correct what the case declares (testcases/lib)");
  }
  const json* find(const char* key) const {
    const auto it = value.find(key);
    return it == value.end() ? nullptr : &*it;
  }
  void check_keys(const std::vector<std::string>& known) const {
    for (const auto& [key, unused] : value.items())
      if (std::find(known.begin(), known.end(), key) == known.end())
        fail(key, "is unknown; " + util::suggest(key, known, "keys"));
  }
};

}  // namespace

static std::uint64_t number(const Object& object, const char* key, std::uint64_t otherwise,
                            std::uint64_t min, std::uint64_t max) {
  const json* value = object.find(key);
  if (!value) return otherwise;
  if (value->is_number_unsigned() && value->get<std::uint64_t>() >= min &&
      value->get<std::uint64_t>() <= max)
    return value->get<std::uint64_t>();
  object.fail(key,
              fmt::format("must be a whole number from {} to {}, not {}", min, max, value->dump()));
}

static std::string text(const Object& object, const char* key) {
  const json* value = object.find(key);
  if (!value) object.fail(key, "is missing");
  if (!value->is_string() || value->get<std::string>().empty())
    object.fail(key, fmt::format("must be a text that is not empty, not {}", value->dump()));
  return value->get<std::string>();
}

static bool flag(const Object& object, const char* key) {
  const json* value = object.find(key);
  if (value && !value->is_boolean())
    object.fail(key, "must be true or false, not " + value->dump());
  return value && value->get<bool>();
}

static std::vector<std::string> texts(const Object& object, const char* key) {
  std::vector<std::string> list;
  const json* value = object.find(key);
  if (!value) return list;
  if (!value->is_array()) object.fail(key, "must be a list of texts, not " + value->dump());
  for (const auto& item : *value) {
    if (!item.is_string() || item.get<std::string>().empty())
      object.fail(key, "must hold texts that are not empty, not " + item.dump());
    list.push_back(item);
    if (std::count(list.begin(), list.end(), list.back()) > 1)
      object.fail(key, "names " + item.dump() + " twice");
  }
  return list;
}

static std::vector<std::pair<std::string, std::string>> sysctls(const Object& object) {
  std::vector<std::pair<std::string, std::string>> list;
  const json* value = object.find("sysctls");
  if (!value) return list;
  if (!value->is_object()) object.fail("sysctls", "must be an object, not " + value->dump());
  for (const auto& [name, setting] : value->items()) {
    if (!setting.is_string())
      object.fail("sysctls." + name, "must be a text, not " + setting.dump());
    list.emplace_back(name, setting.get<std::string>());
  }
  return list;
}

static model::CaseNeeds needs(const Object& root) {
  model::CaseNeeds needs;
  const json* value = root.find("needs");
  if (!value) return needs;
  if (!value->is_object()) root.fail("needs", "must be an object, not " + value->dump());
  const Object object{*value, root.program, "needs."};
  object.check_keys(
      {"modules", "kconfig", "cmdline", "sysctls", "memory", "vcpus", "nvdimm", "kvm"});
  constexpr std::uint64_t kMaxBytes = 1ull << 50;  // catches negative numbers cast to unsigned
  needs.modules = texts(object, "modules");
  needs.kconfig = texts(object, "kconfig");
  needs.cmdline = texts(object, "cmdline");
  needs.sysctls = sysctls(object);
  needs.memory = number(object, "memory", needs.memory, 0, kMaxBytes);
  needs.vcpus = static_cast<unsigned>(number(object, "vcpus", needs.vcpus, 1, 255));
  needs.nvdimm = number(object, "nvdimm", needs.nvdimm, 0, kMaxBytes);
  needs.kvm = flag(object, "kvm");
  return needs;
}

// nlohmann keeps the last of two equal keys; this refuses them.
static json parse_strictly(std::string_view text, const std::string& program) {
  std::vector<std::set<std::string>> seen;
  const auto watch = [&](int, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::object_start) seen.emplace_back();
    if (event == json::parse_event_t::object_end) seen.pop_back();
    if (event == json::parse_event_t::key && !seen.back().insert(parsed).second)
      throw ConfigError(fmt::format("{} --describe: duplicate key {}", program, parsed.dump()));
    return true;
  };
  try {
    return json::parse(text, watch);
  } catch (const json::exception& error) {
    throw ConfigError(fmt::format("{} --describe: not JSON: {}", program, error.what()),
                      "run it by hand; it must print one JSON object and nothing else");
  }
}

model::CaseDescription parse_description(std::string_view json_text, const std::string& program) {
  const json document = parse_strictly(json_text, program);
  if (!document.is_object())
    throw ConfigError(fmt::format("{} --describe: not a JSON object", program));
  const Object root{document, program, ""};
  root.check_keys(
      {"schema", "name", "summary", "needs", "evidence", "timeout_ms", "quiet", "inside"});
  if (number(root, "schema", 0, 0, 1 << 30) != 1)
    root.fail("schema", "must be 1: rebuild the case and kproof together");
  model::CaseDescription description;
  description.name = text(root, "name");
  const auto slash = description.name.find('/');
  if (slash == std::string::npos || !is_name(description.name.substr(0, slash)) ||
      !is_name(description.name.substr(slash + 1)))
    root.fail("name", "must be <area>/<name>");
  description.summary = text(root, "summary");
  description.needs = needs(root);
  description.evidence = texts(root, "evidence");
  description.timeout = util::Millis(static_cast<util::Millis::rep>(
      number(root, "timeout_ms", description.timeout.count(), 1, 24ull * 3600 * 1000)));
  description.quiet = flag(root, "quiet");
  if (root.find("inside")) description.inside = text(root, "inside");
  return description;
}

}  // namespace kproof::config
