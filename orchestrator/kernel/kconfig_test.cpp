#include "kernel/kconfig.hpp"

#include <doctest/doctest.h>

#include "util/error.hpp"

using namespace kproof;
using namespace kproof::kernel;

TEST_CASE("a .config says y, m, and no for what it leaves out") {
  const Kconfig config = Kconfig::parse(
      "# Linux/x86 6.1.0 Kernel Configuration\nCONFIG_DEV_DAX=m\nCONFIG_THP=y\nCONFIG_HZ=250\n"
      "# CONFIG_KASAN is not set\nCONFIG_LOCALVERSION=\"-x=1\"");
  CHECK(config.enabled("CONFIG_DEV_DAX") == Setting::module);
  CHECK(config.enabled("CONFIG_THP") == Setting::yes);
  CHECK(config.enabled("CONFIG_KASAN") == Setting::no);
  CHECK(config.enabled("CONFIG_NO_SUCH") == Setting::no);
  CHECK(config.value("CONFIG_HZ") == "250");
  CHECK(config.value("CONFIG_LOCALVERSION") == "-x=1");
  CHECK(!config.value("CONFIG_KASAN"));
}

TEST_CASE("without a .config every symbol is unknown") {
  CHECK(Kconfig().enabled("CONFIG_THP") == Setting::unknown);
  CHECK(Kconfig::load("").enabled("CONFIG_THP") == Setting::unknown);
  CHECK_THROWS_AS(Kconfig::load("/nonexistent/.config"), HostError);
}
