#include "formats/flattened.hpp"

#include <doctest/doctest.h>

#include "util/files.hpp"

using namespace kproof;

static std::string number(std::int64_t value) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes += static_cast<char>(value >> shift);
  return bytes;
}

static std::string piece(std::int64_t place, const std::string& bytes) {
  return number(place) + number(static_cast<std::int64_t>(bytes.size())) + bytes;
}

static std::string header() {
  std::string header = "makedumpfile";
  header.resize(4096);
  return header;
}

TEST_CASE("pieces of a flattened file go where they belong, the later over the earlier") {
  const util::ScratchDir scratch("kproof-test-");
  const auto file = scratch.path() / "core";
  util::write_file_atomically(file, header() + piece(4, "core") + piece(0, "KDUMP") +
                                        piece(10, "") + number(-1) + number(-1));
  CHECK(formats::unflatten(file) == "");
  CHECK(util::read_file(file) == "KDUMPore");
  CHECK(formats::unflatten(file) == "");
  CHECK(util::read_file(file) == "KDUMPore");
}

TEST_CASE("a flattened file that is not whole stays as it is, and it is said why") {
  const util::ScratchDir scratch("kproof-test-");
  const auto file = scratch.path() / "core";
  for (const std::string& rest :
       {piece(0, "KDUMP"), piece(0, "KDUMP").substr(0, 18), piece(-7, "x"), std::string()}) {
    util::write_file_atomically(file, header() + rest);
    CHECK(formats::unflatten(file) != "");
    CHECK(util::read_file(file) == header() + rest);
    CHECK_FALSE(std::filesystem::exists(file.string() + ".part"));
  }
}
