// The guests of all runs of this user on this host, by the doors that their kproofs keep
// (run/door.hpp).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "util/fd.hpp"

namespace kproof::cli {

struct Door {
  std::filesystem::path path;
  nlohmann::json state;  // what it answers to `tell`
};

// Those that answer, and are of `name`: the directory of a run, or (a part of) the id of a cell; ""
// for all. ConfigError where `name` is not "" and there is none.
std::vector<Door> find_doors(const std::string& name);
// The one, or the one of several that is held; ConfigError where there is none such.
Door find_door(const std::string& name);

// A conversation: one line there, one back; what follows is the caller's.
struct Call {
  util::Fd fd;
  nlohmann::json answer;
};
// HostError where nobody answers, ConfigError with what is answered where that is a refusal.
Call call(const std::filesystem::path& door, const nlohmann::json& request);

// A line for people.
std::string describe(const Door& door);

}  // namespace kproof::cli
