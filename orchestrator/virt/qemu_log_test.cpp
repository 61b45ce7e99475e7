#include "virt/qemu_log.hpp"

#include <doctest/doctest.h>

using kproof::virt::last_words;

static const std::string kStart =
    "2026-11-22 10:00:00.000+0000: starting up libvirt version: 9.0.0\n"
    "LC_ALL=C \\\nPATH=/usr/bin \\\n/usr/lib/kproof/qemu-tied \\\n-name guest=kproof-1-0 \\\n-msg "
    "timestamp=on\n"
    "2026-11-22 10:00:00.100+0000: Domain id=1 is tainted: high-privileges\n";
static const std::string kEnd = "2026-11-22 10:00:01.000+0000: shutting down, reason=failed\n";

TEST_CASE("QEMU's last line is found between libvirt's") {
  CHECK(last_words(kStart + "qemu: first\nqemu: cannot set up guest memory\n" + kEnd) ==
        "qemu: cannot set up guest memory");
}

TEST_CASE("a QEMU that said nothing has no last words, nor has one before it any") {
  CHECK(last_words(kStart + kEnd) == "");
  CHECK(last_words("") == "");
  CHECK(last_words(kStart + "qemu: of an earlier start\n" + kEnd + kStart + kEnd) == "");
}
