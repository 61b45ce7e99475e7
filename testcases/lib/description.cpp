#include "lib/description.hpp"

#include <cstdio>

namespace kproof::lib {

static std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) {
      out += c;
      continue;
    }
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
    out += escape;
  }
  return out + '"';
}

static std::string list(const std::vector<std::string_view>& items) {
  std::string out;
  for (const auto item : items)
    out += (out.empty() ? "" : ", ") + quoted(item);
  return "[" + out + "]";
}

// An object that leaves out what is none.
class Object {
 public:
  void add(std::string_view key, const std::string& json) {
    body_ += (body_.empty() ? "" : ", ") + quoted(key) + ": " + json;
  }
  void add(std::string_view key, const std::vector<std::string_view>& items) {
    if (!items.empty()) add(key, list(items));
  }
  void add(std::string_view key, std::uint64_t number) {
    if (number != 0) add(key, std::to_string(number));
  }
  bool empty() const { return body_.empty(); }
  std::string json() const { return "{" + body_ + "}"; }

 private:
  std::string body_;
};

static Object needs_object(const Needs& needs) {
  Object object;
  object.add("modules", needs.modules);
  object.add("kconfig", needs.kconfig);
  object.add("cmdline", needs.cmdline);
  Object sysctls;
  for (const auto& [name, value] : needs.sysctls)
    sysctls.add(name, quoted(value));
  if (!sysctls.empty()) object.add("sysctls", sysctls.json());
  object.add("memory", needs.memory);
  object.add("vcpus", needs.vcpus);
  object.add("nvdimm", needs.nvdimm);
  if (needs.kvm) object.add("kvm", std::string("true"));
  return object;
}

std::string to_json(const Description& description) {
  Object object;
  object.add("schema", 1);
  object.add("name", quoted(description.name));
  object.add("summary", quoted(description.summary));
  Needs all = description.needs;
  if (description.needs_of_options) description.needs_of_options(all);
  const Object needs = needs_object(all);
  if (!needs.empty()) object.add("needs", needs.json());
  object.add("evidence", list(description.evidence));
  object.add("timeout_ms", description.timeout_ms);
  if (description.quiet) object.add("quiet", std::string("true"));
  if (!description.inside.empty()) object.add("inside", quoted(description.inside));
  return object.json();
}

}  // namespace kproof::lib
