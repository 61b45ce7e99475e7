#include "worker/preflight.hpp"

#include <doctest/doctest.h>

using namespace kproof;

TEST_CASE("the boot sector is one, and its code finds its text") {
  const std::string sector = worker::boot_sector();
  REQUIRE(sector.size() == 512);
  CHECK(sector.substr(510) == "\x55\xaa");
  constexpr std::size_t kOperand = 7;  // of mov si, behind 0x7c00
  const auto text = static_cast<unsigned char>(sector[kOperand]);
  CHECK(sector[kOperand + 1] == '\x7c');
  CHECK(sector.substr(text, worker::kGuestSays.size()) == worker::kGuestSays);
  CHECK(sector[text + worker::kGuestSays.size() + 1] == '\0');
}
