#include "selftest/guard.hpp"

#include "lib/guest.hpp"
#include "lib/ktap.hpp"

namespace kproof::selftest {

void only_in_a_throwaway_guest() {
  if (!lib::in_throwaway_guest())
    lib::ktap::bail_out("/ is no initramfs, or we are not root: this takes its machine down");
}

}  // namespace kproof::selftest
