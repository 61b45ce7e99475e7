#include "util/release.hpp"

#include <doctest/doctest.h>

using namespace kproof::util;
using Numbers = std::vector<unsigned>;

TEST_CASE("a release is its numbers, and the number of an ABI is none of them") {
  CHECK(release_numbers("6.12.17-amd64") == Numbers{6, 12, 17});
  CHECK(release_numbers("7.0.0-rc1") == Numbers{7, 0, 0});
  CHECK(release_numbers("6.1.0-56-amd64") == Numbers{6, 1});
  CHECK(release_numbers("6.8.0-45-generic") == Numbers{6, 8});
  CHECK(release_numbers("6.1.0-dirty") == Numbers{6, 1, 0});
  CHECK(release_numbers("5.14.0-362.8.1.el9_3.x86_64") == Numbers{5, 14});
  CHECK(release_numbers("6.4.0-150600.21-default") == Numbers{6, 4});
  CHECK(release_numbers("6.12.0-65.fc42.x86_64") == Numbers{6, 12});
  CHECK(release_numbers("6.12.0-rc3-next-20241018") == Numbers{6, 12, 0});
  CHECK(release_numbers("6.12.0-00042-gdeadbeef0123") == Numbers{6, 12});  // as good as unknown
  CHECK(release_numbers("").empty());
}

TEST_CASE("the upstream release stands at the end of a distribution's banner") {
  CHECK(upstream_release("6.1.0-56-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian "
                         "12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP "
                         "PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-01)") == "6.1.192");
  CHECK(upstream_release("6.12.12+bpo-amd64 (x) #1 SMP PREEMPT_DYNAMIC Debian 6.12.12-1~bpo12+1 "
                         "(2025-02-01)") == "6.12.12");
  CHECK(upstream_release("6.8.0-45-generic (buildd@x) (gcc) #45-Ubuntu SMP PREEMPT_DYNAMIC Fri "
                         "(Ubuntu 6.8.0-45.45-generic 6.8.12)") == "6.8.12");
  CHECK(upstream_release("6.10.3 (me@home) (gcc) #1 SMP") == "6.10.3");
  CHECK(upstream_release("6.10.3") == "6.10.3");
  CHECK(upstream_release("") == "");
}
