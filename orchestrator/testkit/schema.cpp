#include "testkit/schema.hpp"

#include "util/files.hpp"
#include "util/subprocess.hpp"

namespace kproof::testkit {

std::string schema_errors(const std::string& json, const std::filesystem::path& schema) {
  const util::ScratchDir scratch("kproof-schema-");
  const auto file = scratch.path() / "document.json";
  util::write_file_atomically(file, json);
  // The system's Python, for which Debian's package is.
  const auto result = util::run({.argv = {"/usr/bin/python3", "-W", "ignore", "-m", "jsonschema",
                                          "-i", file.string(), schema.string()}});
  return result.ok() ? "" : "not as the schema says: " + result.err + result.out;
}

}  // namespace kproof::testkit
