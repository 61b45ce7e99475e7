#include "config/settings.hpp"

#include <algorithm>

namespace kproof::config {

Value* Settings::find(const std::string& key) {
  const auto found = std::ranges::find(list_, key, &Value::name);
  return found == list_.end() ? nullptr : &*found;
}

// Nodes of yaml-cpp are references, and = gives what they refer to another value, wherever the plan
// has it: what is changed here is a copy, and reset() makes a node refer to it.
void Settings::add(const Value& setting) {
  Value* const earlier = find(setting.name);
  if (setting.name == "revision") {
    if (Value* const source = find("source"); source && source->node.IsMap()) {
      source->node.reset(YAML::Clone(source->node));
      source->node["revision"] = setting.node;
      return;
    }
  }
  if (!earlier) {
    list_.push_back(setting);
  } else if (earlier->node.IsSequence() && setting.node.IsSequence()) {
    earlier->node.reset(YAML::Clone(earlier->node));
    for (const auto& item : setting.node)
      earlier->node.push_back(item);
  } else {
    earlier->node.reset(setting.node);
    earlier->mark = setting.mark;
    earlier->key = setting.key;
  }
}

YAML::Node Settings::mapping() const {
  YAML::Node node(YAML::NodeType::Map);
  for (const Value& setting : list_)
    node.force_insert(setting.name, setting.node);
  return node;
}

}  // namespace kproof::config
