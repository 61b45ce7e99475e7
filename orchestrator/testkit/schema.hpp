// Documents against a schema that is shipped, by Debian's python3-jsonschema.
#pragma once

#include <filesystem>
#include <string>

namespace kproof::testkit {

// "" where `json` is as the schema says, else what is not.
std::string schema_errors(const std::string& json, const std::filesystem::path& schema);

}  // namespace kproof::testkit
