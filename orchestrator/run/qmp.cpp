#include "run/qmp.hpp"

#include <algorithm>

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

std::string get_fd(std::string_view name) {
  return command("getfd", {{"fdname", name}});
}

std::string listen_on(std::string_view name) {
  const Json socket{
      {"addr", {{"type", "fd"}, {"data", {{"str", name}}}}}, {"server", true}, {"wait", false}};
  return command("chardev-add",
                 {{"id", name}, {"backend", {{"type", "socket"}, {"data", socket}}}});
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

static std::string text_at(const Json& object, const char* key) {
  return object.is_object() && object.contains(key) && object[key].is_string()
             ? object[key].get<std::string>()
             : "";
}

std::optional<Event> parse_event(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  const std::string name = text_at(json, "event");
  if (name.empty()) return std::nullopt;
  return Event{name, json.contains("data") ? text_at(json["data"], "reason") : ""};
}

std::string parse_state(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  return json.is_object() && json.contains("return") ? text_at(json["return"], "status") : "";
}

// accel/kvm/kvm-all.c and target/i386/kvm/kvm.c of QEMU: what stands before its guest is stopped
// with the state internal-error.
static bool is_kvm_fault(std::string_view line) {
  for (const std::string_view words :
       {"KVM internal error", "kvm run failed", "KVM: entry failed", "KVM: unknown exit",
        "KVM: exception", "unhandled exit", "KVM: fail to read"})
    if (line.find(words) != line.npos) return true;
  return false;
}

std::string kvm_fault(std::string_view text) {
  std::string fault;
  bool detail = false;  // the line before said "Suberror: 1"
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line(text.substr(at, end - at));
    if (is_kvm_fault(line))
      fault = line;
    else if (detail)
      fault += ": " + line;
    detail = line.find("Suberror: ") != line.npos;
    at = end + 1;
  }
  return fault;
}

}  // namespace kproof::run::qmp
