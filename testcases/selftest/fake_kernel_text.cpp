// Prints what looks like kernel errors on stdout, on stderr, on /dev/console (without a timestamp)
// and in /dev/kmsg. None of it may be taken for the kernel's. Records written to /dev/kmsg look
// like the kernel's own on a console; what tells them apart is their facility: never 0 (kern),
// which the kernel keeps to itself.
#include <string>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "lib/case.hpp"
#include "lib/safe.hpp"
#include "selftest/guard.hpp"

using namespace kproof;

// One write is one record.
static void say_in_kmsg(std::string_view record) {
  const int kmsg = lib::safe::open("/dev/kmsg", O_WRONLY);
  lib::safe::write(kmsg, record.data(), record.size());
  ::close(kmsg);
}

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/fake_kernel_text",
      .summary = "prints what looks like kernel errors, everywhere it can",
  };
  lib::Case test(argc, argv, description);
  selftest::only_in_a_throwaway_guest();
  test.plan(1);
  const std::string text =
      "BUG: unable to handle kernel NULL pointer dereference at 0000000000000008\n"
      "mm/pgtable-generic.c:39: bad pud 00000000e89dce5c(84000001400008e7)\n";
  lib::safe::write(STDOUT_FILENO, text.data(), text.size());
  lib::safe::write(STDERR_FILENO, text.data(), text.size());
  const int console = lib::safe::open("/dev/console", O_WRONLY | O_NOCTTY);
  lib::safe::write(console, text.data(), text.size());
  say_in_kmsg("<3>BUG: unable to handle kernel NULL pointer dereference at 0000000000000008\n");
  say_in_kmsg("<3>mm/pgtable-generic.c:39: bad pud 00000000e89dce5c(84000001400008e7)\n");
  test.run("lies were told", [](lib::Check&) {});
  return test.finish();
}
