// Keeps KVM's static keys as they are, for the KVM host of ci/kvm-host, until SIGTERM: machine/
// kvm_keys.hpp says what that is for. Says "held" when they are.
#include <csignal>
#include <cstdio>

#include <unistd.h>

#include "machine/kvm_keys.hpp"
#include "machine/parked_cpus.hpp"

using namespace kproof;

int main() {
  sigset_t end;
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  sigprocmask(SIG_BLOCK, &end, nullptr);
  const std::string error = machine::hold_kvm_keys();
  if (!error.empty()) {
    std::fprintf(stderr, "hold_kvm_keys: %s\n", error.c_str());
    return 1;
  }
  std::puts("held");
  std::fflush(stdout);
  int signal = 0;
  sigwait(&end, &signal);
  const machine::ParkedCpus parked;  // the last VM that goes switches them, too
  return ::close_range(STDERR_FILENO + 1, ~0U, 0);
}
