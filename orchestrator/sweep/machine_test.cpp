#include "sweep/machine.hpp"

#include <doctest/doctest.h>

#include "util/subprocess.hpp"

using namespace kproof;
using namespace kproof::sweep;

TEST_CASE("the version of a QEMU is what stands behind that word") {
  CHECK(version_in("QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)\nCopyright") == "7.2.22");
  CHECK(version_in("QEMU emulator version 9.1.0\n") == "9.1.0");
  CHECK(version_in("something else") == "something else");
}

TEST_CASE("what runs cells is kproof, QEMU, libvirt and its connection, besides the host") {
  if (util::search_path("qemu-system-x86_64").empty()) return;
  const Machine machine = this_machine(model::Accel::tcg, "program", "");
  CHECK(this_machine(model::Accel::tcg, "program", "").identity == machine.identity);
  CHECK(this_machine(model::Accel::tcg, "other", "").identity != machine.identity);
  CHECK(this_machine(model::Accel::tcg, "program", "qemu:///system").identity != machine.identity);
  CHECK(this_machine(model::Accel::kvm, "program", "").identity != machine.identity);
  CHECK(machine.identity.contains("QEMU"));
  CHECK(machine.identity.contains("host kernel"));
}
