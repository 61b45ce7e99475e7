#include "run/qmp.hpp"

#include <nlohmann/json.hpp>

namespace kproof::run::qmp {
using Json = nlohmann::json;

static std::string dump(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

static std::string command(std::string_view name, const Json& arguments) {
  return dump({{"execute", name}, {"arguments", arguments}});
}

std::string command(std::string_view name) {
  return command(name, Json::object());
}

std::string human(std::string_view command_line) {
  return command("human-monitor-command", {{"command-line", command_line}});
}

std::string inject_nmi() {
  return command("inject-nmi");
}

std::string send_break(std::string_view chardev) {
  return command("chardev-send-break", {{"id", chardev}});
}

std::string read_from(std::string_view chardev, std::string_view input, std::string_view output) {
  const Json file{{"in", input}, {"out", output}, {"append", true}};
  return command("chardev-change",
                 {{"id", chardev}, {"backend", {{"type", "file"}, {"data", file}}}});
}

static std::string text_of(const Json& value) {
  if (!value.is_string()) return dump(value, 1);
  std::string text = value;
  std::erase(text, '\r');
  return text;
}

std::optional<Reply> parse_reply(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  if (json.contains("return")) return Reply{true, text_of(json["return"])};
  if (!json.contains("error")) return std::nullopt;
  const Json& error = json["error"];
  const bool told = error.is_object() && error.contains("desc") && error["desc"].is_string();
  return Reply{false, told ? error["desc"].get<std::string>() : dump(error)};
}

}  // namespace kproof::run::qmp
