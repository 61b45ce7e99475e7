#include "virt/guest.hpp"

#include <chrono>
#include <fstream>

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "virt/connection.hpp"
#include "virt/handles.hpp"
#include "virt/orphan_reaper.hpp"

namespace kproof::virt {

static constexpr std::chrono::seconds kLongestEnd(15);

void Guest::FreeDomain::operator()(_virDomain* domain) const noexcept {
  virDomainFree(domain);
}

Guest::Guest(Connection& connection, std::string name, _virDomain* domain,
             std::shared_ptr<EventQueue> events)
    : connection_(&connection),
      name_(std::move(name)),
      domain_(domain),
      events_(std::move(events)) {
  if (connection.embedded()) adopt_process();
}

Guest::Guest(Guest&&) noexcept = default;

Guest::~Guest() {
  stop();
}

// Embedded libvirt writes QEMU's pid; it is our child, so the pid cannot be reused before we reap
// it.
void Guest::adopt_process() {
  std::ifstream file(connection_->spec_.runtime_dir / "run/qemu" / (name_ + ".pid"));
  file >> pid_;
  if (pid_ <= 0) return;
  OrphanReaper::of_process().keep(pid_);
  process_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
}

std::optional<QemuExit> Guest::reap() {
  siginfo_t info{};
  if (exit_ || !process_) return exit_;
  if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG) != 0 || info.si_pid == 0)
    return exit_;
  exit_.emplace();
  (info.si_code == CLD_EXITED ? exit_->exit_code : exit_->signal) = info.si_status;
  return exit_;
}

// QEMU is ours: libvirt, which waits until it is reaped and sleeps 0.2 s each time it looks, cleans
// up by itself.
void Guest::end_process() noexcept {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + kLongestEnd;
  ::syscall(SYS_pidfd_send_signal, process_.get(), SIGKILL, nullptr, 0);
  for (auto now = Clock::now(); !reap() && now < deadline; now = Clock::now()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now).count();
    pollfd gone{process_.get(), POLLIN, 0};
    ::poll(&gone, 1, static_cast<int>(left));
  }
}

void Guest::stop() noexcept {
  if (!domain_) return;
  if (process_)
    end_process();
  else
    virDomainDestroy(domain_.get());
  domain_.reset();
  if (pid_ > 0) OrphanReaper::of_process().let_go(pid_);
  connection_->leave(name_);
}

}  // namespace kproof::virt
