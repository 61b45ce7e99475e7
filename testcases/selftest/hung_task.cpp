// Provokes a real report of the kernel, "INFO: task ... blocked for more than 1 seconds", and
// passes otherwise: a finding alone must be enough for a fail.
//
// A thread writes to a pipe from a page that userfaultfd withholds, so that it sleeps in the page
// fault with the pipe's mutex held; a second thread reads from the pipe and waits for the mutex
// uninterruptibly, until the detector has noticed and the main thread gives the page.
#include <cstdint>
#include <thread>

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/case.hpp"
#include "lib/clock.hpp"
#include "lib/safe.hpp"
#include "lib/sysfs.hpp"
#include "selftest/guard.hpp"

using namespace kproof;

static constexpr std::size_t kPage = 4096;
static constexpr double kPatienceUs = 60e6;

// How many more hung tasks the kernel will report; it counts down.
static const char kWarnings[] = "/proc/sys/kernel/hung_task_warnings";

// A page whose first access waits for give_page().
struct WithheldPage {
  int uffd;
  char* page;
};

static WithheldPage withhold_page() {
  WithheldPage withheld;
  withheld.uffd =
      static_cast<int>(lib::safe::check(::syscall(SYS_userfaultfd, O_CLOEXEC), "userfaultfd"));
  uffdio_api api{.api = UFFD_API, .features = 0, .ioctls = 0};
  lib::safe::check(::ioctl(withheld.uffd, UFFDIO_API, &api), "UFFDIO_API");
  withheld.page = static_cast<char*>(
      lib::safe::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  uffdio_register range{.range = {reinterpret_cast<std::uintptr_t>(withheld.page), kPage},
                        .mode = UFFDIO_REGISTER_MODE_MISSING,
                        .ioctls = 0};
  lib::safe::check(::ioctl(withheld.uffd, UFFDIO_REGISTER, &range), "UFFDIO_REGISTER");
  return withheld;
}

// Waits until somebody has run into the page.
static void wait_for_fault(const WithheldPage& withheld) {
  uffd_msg fault;
  lib::safe::check(::read(withheld.uffd, &fault, sizeof fault), "read(userfaultfd)");
}

static void give_page(const WithheldPage& withheld) {
  uffdio_zeropage zero{
      .range = {reinterpret_cast<std::uintptr_t>(withheld.page), kPage}, .mode = 0, .zeropage = 0};
  lib::safe::check(::ioctl(withheld.uffd, UFFDIO_ZEROPAGE, &zero), "UFFDIO_ZEROPAGE");
}

static long long warnings_left() {
  return std::stoll(lib::sysfs::read(kWarnings));
}

// Polls, as the kernel tells nobody; the interval only sets how soon we see it.
static bool wait_for_report(long long before) {
  const double deadline = lib::now_us() + kPatienceUs;
  while (warnings_left() >= before) {
    if (lib::now_us() > deadline) return false;
    ::poll(nullptr, 0, 50);
  }
  return true;
}

static void hang_until_reported(lib::Check& check) {
  int ends[2];
  lib::safe::check(::pipe(ends), "pipe");
  const WithheldPage withheld = withhold_page();
  const long long before = warnings_left();
  std::thread writer([&] { lib::safe::write(ends[1], withheld.page, kPage); });
  wait_for_fault(withheld);
  std::thread reader([&] {
    char buffer[kPage];
    lib::safe::check(::read(ends[0], buffer, sizeof buffer), "read");
  });
  check.that(wait_for_report(before), "no report in %.0f s", kPatienceUs / 1e6);
  give_page(withheld);
  writer.join();
  reader.join();
}

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/hung_task",
      .summary = "passes, but makes the kernel report a hung task",
      .needs = {.kconfig = {"CONFIG_DETECT_HUNG_TASK", "CONFIG_USERFAULTFD"},
                .sysctls = {{"kernel.hung_task_timeout_secs", "1"}}},
  };
  lib::Case test(argc, argv, description);
  selftest::only_in_a_throwaway_guest();
  if (lib::sysfs::read_number("/proc/sys/kernel/hung_task_timeout_secs") != 1)
    lib::ktap::bail_out("kernel.hung_task_timeout_secs is not 1");
  test.plan(1);
  test.run("the kernel reports a task that hangs", hang_until_reported);
  return test.finish();
}
