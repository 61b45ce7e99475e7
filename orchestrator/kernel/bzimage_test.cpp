#include "kernel/bzimage.hpp"

#include <doctest/doctest.h>

#include "kernel/made_up.hpp"

using namespace kproof::kernel;

TEST_CASE("a bzImage gives its release and its payload") {
  const std::string file = made_up_bzimage("PAYLOAD-BYTES", "6.1.0-56-amd64 (x@y) #1 SMP");
  const auto image = parse_bzimage(file);
  REQUIRE(image);
  CHECK(image->release == "6.1.0-56-amd64");
  CHECK(image->payload == "PAYLOAD-BYTES");
}

TEST_CASE("the size behind the stream is not shown to the decompressor, but gzip's own is") {
  const std::string size{"\x04\x03\x02\x01", 4};
  const std::string xz = std::string(
                             "\xfd"
                             "7zXZ\0stream",
                             12) +
                         size;
  CHECK(split_payload(xz).stream == std::string_view(xz).substr(0, 12));
  CHECK(split_payload(xz).vmlinux_size == 0x01020304);
  const std::string gzip = "\x1f\x8b stream" + size;
  CHECK(split_payload(gzip).stream == gzip);
}

TEST_CASE("what is wrong with a bzImage is said") {
  std::string file = made_up_bzimage("PAYLOAD", "6.1 x");
  CHECK(parse_bzimage("hello").error() == "it has no x86 setup header");
  CHECK(parse_bzimage(file.substr(0, file.size() - 40)).error().find("cut short") !=
        std::string::npos);
  std::string old = file;
  old[0x206] = 0x07;
  CHECK(parse_bzimage(old).error().find("2.07") != std::string::npos);
  std::string narrow = file;
  narrow[0x236] = 0;
  CHECK(parse_bzimage(narrow).error().find("32-bit") != std::string::npos);
  std::string huge = file;
  huge.replace(0x248, 8, std::string(8, '\xff'));
  CHECK(!parse_bzimage(huge));
}
