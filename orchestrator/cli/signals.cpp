#include "cli/signals.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/cli.hpp"

namespace kproof::cli {

// By whoever started us: nohup, or a shell without job control that starts us with `&`.
static bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

static util::Fd block_and_open() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    if (!is_ignored(signal)) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return util::Fd(::signalfd(-1, &set, SFD_CLOEXEC));
}

SignalWatch::SignalWatch(run::StopRequest& stop)
    : signals_(block_and_open()),
      quit_(::eventfd(0, EFD_CLOEXEC)),
      thread_([this, &stop] { watch(stop); }) {}

SignalWatch::~SignalWatch() {
  ::eventfd_write(quit_.get(), 1);
  thread_.join();
}

void SignalWatch::watch(run::StopRequest& stop) {
  for (;;) {
    pollfd fds[] = {{signals_.get(), POLLIN, 0}, {quit_.get(), POLLIN, 0}};
    if (::poll(fds, 2, -1) < 0) continue;
    if (fds[1].revents) return;
    signalfd_siginfo info{};
    if (::read(signals_.get(), &info, sizeof info) <= 0) continue;
    if (++count_ > 1) ::_exit(kInterrupted);
    static constexpr char kSaid[] =
        "\nkproof: stopping; what is finished is kept. Once more to stop at once.\n";
    (void)!::write(STDERR_FILENO, kSaid, sizeof kSaid - 1);
    stop.request();
  }
}

}  // namespace kproof::cli
