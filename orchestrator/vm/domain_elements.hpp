// How a domain's elements are made.
#pragma once

#include <cstdint>
#include <string>

#include <pugixml.hpp>

namespace kproof::vm {

inline pugi::xml_node add(pugi::xml_node parent, const char* name, const std::string& text = "") {
  pugi::xml_node node = parent.append_child(name);
  if (!text.empty()) node.text().set(text.c_str());
  return node;
}

inline void set(pugi::xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(value.c_str());
}

inline pugi::xml_node add_size(pugi::xml_node parent, const char* name, std::uint64_t bytes) {
  pugi::xml_node node = add(parent, name, std::to_string(bytes >> 10));
  set(node, "unit", "KiB");
  return node;
}

}  // namespace kproof::vm
