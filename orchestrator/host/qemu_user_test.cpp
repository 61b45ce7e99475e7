#include "host/qemu_user.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

using namespace kproof;
using namespace kproof::host;

TEST_CASE("the emulator is told user, group and further groups") {
  CHECK(to_run_as({64055, 107, {}}) == "64055:107");
  CHECK(to_run_as({64055, 107, {36, 104}}) == "64055:107,36,104");
}

TEST_CASE("QEMU is root nowhere: as root it gets another user, and else it is the caller") {
  const auto user = qemu_user(model::Accel::tcg);
  if (::geteuid() != 0) {
    CHECK(!user);
    return;
  }
  REQUIRE(user);
  CHECK(user->user.uid != 0);
  CHECK(user->user.gid != 0);
  for (const gid_t group : user->user.groups)
    CHECK(group != 0);
}
