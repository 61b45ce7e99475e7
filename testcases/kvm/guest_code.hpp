// The programs that run inside the guest: hand-written, position-independent, in long mode without
// an IDT, so that any exception ends the VM in a triple fault (KVM_EXIT_SHUTDOWN) and is seen.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kproof::kvm {

// Each takes its arguments in RDI, RSI, RDX, RCX, R8 as a C function does, never returns, touches
// no stack (but `script`), and ends with an `out` to kDonePort (Exit::done) with its result in RAX.
enum class GuestProgram : std::uint8_t {
  read,       // (address): the 64-bit word there
  write,      // (address, value)
  fill,       // (first, count, stride, value): word i becomes value + i
  compare,    // (first, count, stride, value): how many words i are not value + i
  touch,      // (first, count, stride): reads `count` words; 0
  increment,  // (first, count, stride, mailbox): see Mailbox
  script,     // (first step, end of the stack): see Step
};

// What `script` does, one after the other, until Op::end. Each step uses `address` in RDX and
// `value` in RCX.
struct Step {
  enum class Op : std::uint64_t {
    end,
    read,    // result = the word at `address`
    write,   // the word at `address` = value
    invlpg,  // of `address`
    cr3,     // CR3 = value
    cr0,     // CR0 = value
    call,    // the code at `address`, which returns at once
    vmrun,   // of the VMCB at `address`, whose guest runs `script` of the ScriptArea at `value`;
             // result = EXITCODE
    add,     // the word at `address` += 1
    again,   // from the first step on, until the word at `address` is not 0
  };
  Op op;
  std::uint64_t address = 0, value = 0;
  std::uint64_t result = 0;  // of a read; of a step that page-faulted CR2
  std::uint64_t fault = 0;   // 0, or kFaulted and the error code of its page fault

  static constexpr std::uint64_t kFaulted = std::uint64_t{1} << 63;
};

// Where the host and `increment` talk while the guest runs; in memory that nobody protects.
// In round n, from 0 on, `increment` looks whether each of its words is n, adds 1 to it by one
// instruction, and then to `tries`, until it finds `stop` set at the end of a round. So `tries`
// grows only after a write went through, and words that start as 0 never differ if no write was
// lost.
struct Mailbox {
  volatile std::uint64_t stop;    // set by the host: the guest ends after its round
  volatile std::uint64_t tries;   // writes that went through
  volatile std::uint64_t rounds;  // rounds that ended
  volatile std::uint64_t wrong;   // words that were not n
};

inline constexpr std::uint16_t kDonePort = 0x10;

// All programs in one piece, to be copied anywhere below 4 GiB of guest memory.
const void* guest_code();
std::size_t guest_code_size();
std::size_t entry_offset(GuestProgram program);  // from the start of the piece
// Of the handler of page faults while `script` runs; it goes on with the next step.
std::size_t script_fault_offset();
const char* name_of(GuestProgram program);
// The instruction there, of `increment`, uses the mailbox; all others use their words.
bool uses_mailbox(std::size_t offset);

}  // namespace kproof::kvm
