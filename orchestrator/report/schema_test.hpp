// Documents against the schema that is shipped.
#pragma once

#include <string>

#include <doctest/doctest.h>

#include "testkit/schema.hpp"

namespace kproof::report {

inline std::string schema_errors(const std::string& json) {
  return testkit::schema_errors(json, KPROOF_TEST_DIR "/results.schema.json");
}

inline void check_schema(const std::string& json) {
  CHECK(schema_errors(json) == "");
}

}  // namespace kproof::report
