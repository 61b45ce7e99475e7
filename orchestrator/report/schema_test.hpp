// Documents against the schema that is shipped, by Debian's python3-jsonschema.
#pragma once

#include <string>

#include <doctest/doctest.h>

#include "util/files.hpp"
#include "util/subprocess.hpp"

namespace kproof::report {

// "" where it is as the schema says, else what is not.
inline std::string schema_errors(const std::string& json) {
  const util::ScratchDir scratch("kproof-schema-");
  const auto file = scratch.path() / "document.json";
  util::write_file_atomically(file, json);
  // The system's Python, for which Debian's package is.
  const auto result =
      util::run({.argv = {"/usr/bin/python3", "-W", "ignore", "-m", "jsonschema", "-i",
                          file.string(), KPROOF_TEST_DIR "/results.schema.json"}});
  return result.ok() ? "" : "not as the schema says: " + result.err + result.out;
}

inline void check_schema(const std::string& json) {
  CHECK(schema_errors(json) == "");
}

}  // namespace kproof::report
