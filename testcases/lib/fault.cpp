#include "lib/fault.hpp"

#include <cstdio>

#include <sys/resource.h>

#include "lib/ktap.hpp"
#include "lib/safe.hpp"

namespace kproof::lib {

namespace detail {
thread_local Landing landing;
}

static const char* signal_name(int signal) {
  return signal == SIGBUS ? "SIGBUS" : "SIGSEGV";
}

static std::string code_name(int signal, int code) {
  if (signal == SIGSEGV && code == SEGV_MAPERR) return "SEGV_MAPERR";
  if (signal == SIGSEGV && code == SEGV_ACCERR) return "SEGV_ACCERR";
  if (signal == SIGBUS && code == BUS_ADRALN) return "BUS_ADRALN";
  if (signal == SIGBUS && code == BUS_ADRERR) return "BUS_ADRERR";
  if (signal == SIGBUS && code == BUS_OBJERR) return "BUS_OBJERR";
  if (signal == SIGBUS && code == BUS_MCEERR_AR) return "BUS_MCEERR_AR";
  if (signal == SIGBUS && code == BUS_MCEERR_AO) return "BUS_MCEERR_AO";
  return "si_code " + std::to_string(code);
}

std::string Fault::text() const {
  if (!happened()) return "no fault";
  char where[32];
  std::snprintf(where, sizeof where, " at %#lx", static_cast<unsigned long>(address));
  return std::string(signal_name(signal)) + " (" + code_name(signal, code) + ")" + where +
         (lsb > 0 ? ", si_addr_lsb " + std::to_string(lsb) : "");
}

static void on_fault(int signal, siginfo_t* info, void*) {
  auto& landing = detail::landing;
  const bool memory_failed =
      signal == SIGBUS && (info->si_code == BUS_MCEERR_AR || info->si_code == BUS_MCEERR_AO);
  const Fault fault{signal, info->si_code, reinterpret_cast<std::uintptr_t>(info->si_addr),
                    memory_failed ? info->si_addr_lsb : 0};
  if (landing.armed) {
    landing.armed = 0;
    landing.fault = fault;
    siglongjmp(landing.env, 1);
  }
  // Nobody expected it. Say where, then die of it, so that the exit status tells the truth too.
  ktap::diagnostic("unexpected %s", fault.text().c_str());
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

void install_fault_handler() {
  struct sigaction action = {};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  safe::check(sigaction(SIGSEGV, &action, nullptr), "sigaction(SIGSEGV)");
  safe::check(sigaction(SIGBUS, &action, nullptr), "sigaction(SIGBUS)");
}

Fault try_read(const volatile std::uint64_t* address, std::uint64_t& value) {
  return catch_fault([&] { value = *address; });
}

Fault try_write(volatile std::uint64_t* address, std::uint64_t value) {
  return catch_fault([&] { *address = value; });
}

long minor_faults() {
  rusage usage;
  safe::check(getrusage(RUSAGE_THREAD, &usage), "getrusage(RUSAGE_THREAD)");
  return usage.ru_minflt;
}

}  // namespace kproof::lib
