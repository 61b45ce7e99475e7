// Hangs in the kernel without a word of it: a thread waits uninterruptibly (D) for the mutex of a
// pipe, whose owner sleeps in a page fault that nobody serves. SIGKILL ends the owner, and so all.
#include <thread>

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/case.hpp"
#include "lib/safe.hpp"
#include "selftest/guard.hpp"

using namespace kproof;

static constexpr std::size_t kPage = 4096;

// A page whose first access sleeps until somebody reads `uffd` and gives it.
static char* withhold_page(int uffd) {
  uffdio_api api{.api = UFFD_API, .features = 0, .ioctls = 0};
  lib::safe::check(::ioctl(uffd, UFFDIO_API, &api), "UFFDIO_API");
  auto* page = static_cast<char*>(
      lib::safe::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  uffdio_register range{.range = {reinterpret_cast<std::uintptr_t>(page), kPage},
                        .mode = UFFDIO_REGISTER_MODE_MISSING,
                        .ioctls = 0};
  lib::safe::check(::ioctl(uffd, UFFDIO_REGISTER, &range), "UFFDIO_REGISTER");
  return page;
}

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/stuck_task",
      .summary = "hangs in the kernel, uninterruptibly",
      .needs = {.kconfig = {"CONFIG_USERFAULTFD"}},
      .timeout_ms = 3000,
  };
  lib::Case test(argc, argv, description);
  selftest::only_in_a_throwaway_guest();
  test.plan(1);
  int ends[2];
  lib::safe::check(::pipe(ends), "pipe");
  const int uffd =
      static_cast<int>(lib::safe::check(::syscall(SYS_userfaultfd, O_CLOEXEC), "userfaultfd"));
  const char* page = withhold_page(uffd);
  std::thread writer([&] { lib::safe::write(ends[1], page, kPage); });
  uffd_msg fault;
  lib::safe::check(::read(uffd, &fault, sizeof fault), "read(userfaultfd)");
  char buffer[kPage];
  lib::safe::check(::read(ends[0], buffer, sizeof buffer), "read");
  lib::ktap::bail_out("somebody gave the page");
}
