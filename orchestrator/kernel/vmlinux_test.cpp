#include "kernel/vmlinux.hpp"

#include <doctest/doctest.h>

#include "kernel/made_up.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::kernel;

static Vmlinux inspect(const std::string& bytes) {
  const util::ScratchDir dir("kproof-test-");
  util::write_file_atomically(dir.path() / "vmlinux", bytes);
  return inspect_vmlinux(dir.path() / "vmlinux", "vmlinux");
}

TEST_CASE("the banner gives the release, and format strings do not") {
  CHECK(release_in_banner("Linux version %s, Linux version 6.1.0-rc1+ (me@x) (gcc") ==
        "6.1.0-rc1+");
  CHECK(release_in_banner("no banner") == "");
  CHECK(release_in_banner("Linux version 6.1.0") == "");
}

TEST_CASE("a vmlinux has a PVH entry only with Xen's note of that type") {
  CHECK(inspect(made_up_vmlinux(18, "Linux version 6.1.0 (x)")).pvh);
  CHECK(!inspect(made_up_vmlinux(17, "Linux version 6.1.0 (x)")).pvh);
  CHECK(inspect(made_up_vmlinux(17, "Linux version 6.1.0 (x)")).release == "6.1.0");
}

TEST_CASE("an ELF file that is no x86-64 kernel is said to be what it is") {
  CHECK_THROWS_WITH_AS(inspect(made_up_vmlinux(18, "Linux version 6.1.0 (x)", EM_AARCH64)),
                       doctest::Contains("aarch64"), ConfigError);
  CHECK_THROWS_WITH_AS(inspect(made_up_vmlinux(18, "Linux version 6.1.0 (x)", EM_X86_64, ET_REL)),
                       doctest::Contains("a module"), ConfigError);
  CHECK_THROWS_WITH_AS(inspect(made_up_vmlinux(18, "hello")), doctest::Contains("not a kernel"),
                       ConfigError);
  CHECK_THROWS_WITH_AS(inspect("\x7f"
                               "ELF garbage"),
                       doctest::Contains("damaged"), ConfigError);
}

TEST_CASE("an embedded .config is found between its marks") {
  // printf 'CONFIG_X=y\n' | gzip -n
  const std::string gzip{
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x73\xf6\xf7\x73\xf3\x74\x8f\x8f\xb0\xad\xe4\x02\x00"
      "\x9b\xa9\x91\xf7\x0b\x00\x00\x00",
      31};
  CHECK(embedded_config("x IKCFG_ST" + gzip + "IKCFG_ED x") == "CONFIG_X=y\n");
  CHECK(!embedded_config("x IKCFG_ST" + gzip.substr(0, 14) + "IKCFG_ED"));
  CHECK(!embedded_config("nothing"));
}
