#include "report/junit_document.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "report/text.hpp"

namespace kproof::report {

static void set(pugi::xml_node node, const char* name, std::string_view value) {
  node.append_attribute(name).set_value(xml_text(value).c_str());
}

static std::string seconds(util::Millis duration) {
  return fmt::format("{:.3f}", static_cast<double>(duration.count()) / 1000);
}

void Junit::Counts::add(Kind kind, util::Millis duration) {
  ++tests;
  failures += kind == Kind::failure;
  errors += kind == Kind::error;
  skipped += kind == Kind::skipped;
  time += duration;
}

void Junit::write(pugi::xml_node node, const Counts& counts) {
  set(node, "tests", std::to_string(counts.tests));
  set(node, "failures", std::to_string(counts.failures));
  set(node, "errors", std::to_string(counts.errors));
  set(node, "time", seconds(counts.time));
}

Junit::Junit(std::string_view name) {
  auto declaration = document_.append_child(pugi::node_declaration);
  set(declaration, "version", "1.0");
  set(declaration, "encoding", "UTF-8");
  root_ = document_.append_child("testsuites");
  set(root_, "name", name);
}

void Junit::begin_suite(std::string_view name, std::string_view started,
                        std::string_view hostname) {
  of_suite_ = {};
  suite_ = root_.append_child("testsuite");
  set(suite_, "name", name);
  set(suite_, "timestamp", started.substr(0, started.find('Z')));  // Ant's has no time zone
  set(suite_, "hostname", hostname);
}

void Junit::add_property(const char* name, std::string_view value) {
  pugi::xml_node properties = suite_.child("properties");
  if (!properties) properties = suite_.append_child("properties");
  auto property = properties.append_child("property");
  set(property, "name", name);
  set(property, "value", value);
}

// Of names as a reader gets them: two that differ in what XML forbids are one there.
std::string Junit::unique(const std::string& group, const std::string& name) {
  const std::string in_group = xml_text(group), shown = xml_text(name);
  std::size_t& count = names_[{in_group, shown}];
  if (count++ == 0) return shown;
  for (;; ++count) {
    std::string candidate = fmt::format("{} ({})", shown, count);
    if (names_.try_emplace({in_group, candidate}, 1).second) return candidate;
  }
}

// What one character takes in a document.
static std::size_t written_as(char c) {
  return std::string_view("<>&\"").find(c) == std::string_view::npos ? 1 : 6;
}

// The begin of it, as far as there is room, which becomes less.
static std::string fit(std::string text, std::size_t most, std::size_t& room) {
  const std::size_t whole = text.size(), shown = std::min(most, room);
  text = xml_text(text.substr(0, shown));
  std::size_t end = 0, taken = 0;
  for (; end < text.size() && taken + written_as(text[end]) <= shown; ++end)
    taken += written_as(text[end]);
  room -= taken;
  if (end == text.size() && whole <= shown) return text;
  return xml_text(text.substr(0, end)) + "\n(cut: report.html and the logs have the rest)\n";
}

void Junit::add_outcome(pugi::xml_node node, const Test& test) {
  static constexpr const char* kTags[] = {"", "failure", "error", "skipped"};
  constexpr std::size_t kMostMessage = 4u << 10, kMostText = 64u << 10;
  const bool wrong = test.kind == Kind::failure || test.kind == Kind::error;
  std::size_t& room = wrong ? room_.wrong : room_.others;
  pugi::xml_node outcome;
  if (test.kind != Kind::passed) {
    outcome = node.append_child(kTags[static_cast<std::size_t>(test.kind)]);
    set(outcome, "message", fit(test.message, kMostMessage, room));
  }
  if (wrong) set(outcome, "type", test.type);
  if (test.text.empty()) return;
  if (!wrong) outcome = node.append_child("system-out");
  outcome.text().set(fit(test.text, kMostText, room).c_str());
}

void Junit::add(const Test& test) {
  auto node = suite_.append_child("testcase");
  set(node, "classname", test.group);
  set(node, "name", unique(test.group, test.name));
  set(node, "time", seconds(test.time));
  add_outcome(node, test);
  of_suite_.add(test.kind, test.time);
  all_.add(test.kind, test.time);
}

void Junit::end_suite(std::string_view text) {
  if (!text.empty()) suite_.append_child("system-out").text().set(xml_text(text).c_str());
  write(suite_, of_suite_);
  set(suite_, "skipped", std::to_string(of_suite_.skipped));
}

std::string Junit::text() {
  write(root_, all_);
  std::ostringstream out;
  document_.save(out, "  ");
  return out.str();
}

std::string group_of(std::initializer_list<std::string_view> parts) {
  std::string group;
  for (const std::string_view part : parts) {
    if (part.empty()) continue;
    std::string flat(part);
    std::ranges::replace(flat, '.', '_');
    group += group.empty() ? flat : "." + flat;
  }
  return group;
}

}  // namespace kproof::report
