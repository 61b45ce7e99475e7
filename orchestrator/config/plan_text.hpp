// Plans as texts, for tests.
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "config/plan.hpp"
#include "util/error.hpp"

namespace kproof::config {

inline std::vector<std::string> cpu_models() {
  return {"EPYC", "Nehalem"};
}

inline model::Plan parse(std::string_view text) {
  return config::parse_plan(text, "plans/p.yaml", "/home/u", cpu_models);
}

// The whole message and hint of a plan that must be refused.
inline std::string refusal(std::string_view text) {
  try {
    parse(text);
  } catch (const ConfigError& error) {
    return fmt::format("{}\n  hint: {}\n", error.what(), error.hint());
  }
  return "accepted";
}

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

inline const std::string kHead =
    "schema: 1\n"
    "kernels: { a: { package: linux-image-amd64 }, b: { path: x } }\n";
inline const std::string kBase = kHead + "cases: [mm/one, { case: mm/two, as: mm/small }]\n";

}  // namespace kproof::config
