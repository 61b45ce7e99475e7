// What `testcases/<area>/<name> --describe` prints (KTAP.md) -> model::CaseDescription.
#pragma once

#include <string>
#include <string_view>

#include "model/case.hpp"

namespace kproof::config {

// Strict: JSON that is none, unknown keys, duplicate keys, wrong types, a schema other than 1, and
// a name that is not <area>/<name> are ConfigErrors that name `program` and the key.
model::CaseDescription parse_description(std::string_view json, const std::string& program);

}  // namespace kproof::config
