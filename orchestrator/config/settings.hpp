// Keys of a kernel or a topology with their values, gathered from several places of a plan.
#pragma once

#include <string>
#include <vector>

#include "config/reader.hpp"

namespace kproof::config {

class Settings {
 public:
  // A list is appended to the list that the key has already, anything else replaces it. `revision`
  // is that of `source`.
  void add(const Value& setting);
  // As one mapping, for who reads a mapping of the plan. Its parts keep their places.
  YAML::Node mapping() const;

 private:
  Value* find(const std::string& key);

  std::vector<Value> list_;
};

}  // namespace kproof::config
