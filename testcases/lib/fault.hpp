// Does this access fault, and how? And how many faults did the kernel handle?
#pragma once

#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <string>

namespace kproof::lib {

// The signal that ended an access; signal == 0: it went through.
struct Fault {
  int signal = 0;              // SIGSEGV or SIGBUS
  int code = 0;                // si_code: SEGV_ACCERR, SEGV_MAPERR, BUS_ADRERR, ...
  std::uintptr_t address = 0;  // si_addr
  int lsb = 0;                 // si_addr_lsb of BUS_MCEERR_*: 2^lsb bytes are lost; else 0

  bool happened() const { return signal != 0; }
  bool is(int wanted_signal, int wanted_code) const {
    return signal == wanted_signal && code == wanted_code;
  }
  std::string text() const;  // "SIGSEGV (SEGV_ACCERR) at 0x7f..", "no fault"
};

// For SIGSEGV and SIGBUS. A fault outside catch_fault() bails out with its address.
void install_fault_handler();

namespace detail {
// Where this thread's handler goes; one level: catch_fault() does not nest.
struct Landing {
  sigjmp_buf env;
  volatile sig_atomic_t armed = 0;
  Fault fault;
};
extern thread_local Landing landing;
}  // namespace detail

// Runs `body` until it ends or faults. Each thread has its own landing place, and a synchronous
// signal goes to the thread that caused it, so threads do not disturb each other. `body` is cut
// short by a jump: nothing in it may need a destructor. No system call on the way without a fault.
template <class Body>
[[gnu::noinline]] Fault catch_fault(Body body) {
  auto& landing = detail::landing;
  landing.fault = {};
  // The mask need not be saved: the handler runs with SA_NODEFER.
  if (sigsetjmp(landing.env, 0) == 0) {
    landing.armed = 1;
    body();
  }
  detail::landing.armed = 0;
  return detail::landing.fault;
}

Fault try_read(const volatile std::uint64_t* address, std::uint64_t& value);
Fault try_write(volatile std::uint64_t* address, std::uint64_t value);

// Faults of this thread that the kernel handled without I/O (ru_minflt). A fault that ends in a
// signal for want of permission is not among them.
long minor_faults();

}  // namespace kproof::lib
