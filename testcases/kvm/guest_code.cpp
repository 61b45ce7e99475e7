#include "kvm/guest_code.hpp"

#include <initializer_list>

// The port, the offsets in Mailbox and Step and the numbers of Step::Op are those of the header.
asm(R"(
  .pushsection .rodata
  .globl kproof_guest_start, kproof_guest_end
  .globl kproof_guest_read, kproof_guest_write, kproof_guest_fill
  .globl kproof_guest_compare, kproof_guest_touch, kproof_guest_increment
  .globl kproof_guest_mailbox_wrong, kproof_guest_mailbox_tries
  .globl kproof_guest_mailbox_rounds, kproof_guest_mailbox_stop
  .globl kproof_guest_script, kproof_guest_script_fault
kproof_guest_start:

kproof_guest_read:
  mov (%rdi), %rax
  jmp 9f

kproof_guest_write:
  mov %rsi, (%rdi)
  jmp 9f

kproof_guest_fill:
  mov %rcx, (%rdi)
  add %rdx, %rdi
  inc %rcx
  dec %rsi
  jnz kproof_guest_fill
  jmp 9f

kproof_guest_compare:
  xor %eax, %eax
1:
  cmp %rcx, (%rdi)
  je 2f
  inc %rax
2:
  add %rdx, %rdi
  inc %rcx
  dec %rsi
  jnz 1b
  jmp 9f

kproof_guest_touch:
  mov (%rdi), %rax
  add %rdx, %rdi
  dec %rsi
  jnz kproof_guest_touch
  xor %eax, %eax
  jmp 9f

kproof_guest_increment:
  xor %r11d, %r11d
3:
  mov %rdi, %r9
  mov %rsi, %r10
1:
  cmp %r11, (%r9)
  je 2f
kproof_guest_mailbox_wrong:
  incq 24(%rcx)
2:
  incq (%r9)
kproof_guest_mailbox_tries:
  incq 8(%rcx)
  add %rdx, %r9
  dec %r10
  jnz 1b
  inc %r11
kproof_guest_mailbox_rounds:
  incq 16(%rcx)
kproof_guest_mailbox_stop:
  cmpq $0, (%rcx)
  je 3b
  jmp 9f

kproof_guest_script:
  mov %rsi, %rsp
.Lstep:
  mov (%rdi), %rax
  mov 8(%rdi), %rdx
  mov 16(%rdi), %rcx
  cmp $1, %rax
  jb 9f
  je .Lread
  cmp $3, %rax
  jb .Lwrite
  je .Linvlpg
  cmp $5, %rax
  jb .Lcr3
  je .Lcr0
  cmp $7, %rax
  je .Lvmrun
  jb .Lcall
  cmp $8, %rax
  je .Ladd
  cmpq $0, (%rdx)
  jne .Lnext
  lea -0x2000(%rsi), %rdi
  jmp .Lstep
.Lread:
  mov (%rdx), %rax
  mov %rax, 24(%rdi)
  jmp .Lnext
.Lwrite:
  mov %rcx, (%rdx)
  jmp .Lnext
.Linvlpg:
  invlpg (%rdx)
  jmp .Lnext
.Lcr3:
  mov %rcx, %cr3
  jmp .Lnext
.Lcr0:
  mov %rcx, %cr0
  jmp .Lnext
.Lcall:
  call *%rdx
  jmp .Lnext
.Ladd:
  incq (%rdx)
.Lnext:
  add $40, %rdi
  jmp .Lstep
.Lvmrun:
  push %rdi
  push %rsi
  mov %rdx, %rax
  mov %rcx, %rdi
  lea 0x2000(%rcx), %rsi
  vmrun %rax
  stgi
  pop %rsi
  pop %rdi
  mov 8(%rdi), %rdx
  mov 0x70(%rdx), %rax
  mov %rax, 24(%rdi)
  jmp .Lnext
kproof_guest_script_fault:
  pop %rax
  bts $63, %rax
  mov %rax, 32(%rdi)
  mov %cr2, %rax
  mov %rax, 24(%rdi)
  mov %rsi, %rsp
  jmp .Lnext

9:
  out %al, $0x10
  hlt
kproof_guest_end:
  .popsection
)");

extern "C" {
extern const char kproof_guest_start[], kproof_guest_end[];
extern const char kproof_guest_read[], kproof_guest_write[], kproof_guest_fill[];
extern const char kproof_guest_compare[], kproof_guest_touch[], kproof_guest_increment[];
extern const char kproof_guest_mailbox_wrong[], kproof_guest_mailbox_tries[];
extern const char kproof_guest_mailbox_rounds[], kproof_guest_mailbox_stop[];
extern const char kproof_guest_script[], kproof_guest_script_fault[];
}

namespace kproof::kvm {

static_assert(offsetof(Mailbox, stop) == 0 && offsetof(Mailbox, tries) == 8 &&
              offsetof(Mailbox, rounds) == 16 && offsetof(Mailbox, wrong) == 24 &&
              kDonePort == 0x10);
static_assert(offsetof(Step, address) == 8 && offsetof(Step, value) == 16 &&
              offsetof(Step, result) == 24 && offsetof(Step, fault) == 32 && sizeof(Step) == 40 &&
              static_cast<int>(Step::Op::read) == 1 && static_cast<int>(Step::Op::invlpg) == 3 &&
              static_cast<int>(Step::Op::cr0) == 5 && static_cast<int>(Step::Op::vmrun) == 7 &&
              static_cast<int>(Step::Op::again) == 9);

struct Entry {
  const char* start;
  const char* name;
};

static Entry entry(GuestProgram program) {
  switch (program) {
    case GuestProgram::read:
      return {kproof_guest_read, "read"};
    case GuestProgram::write:
      return {kproof_guest_write, "write"};
    case GuestProgram::fill:
      return {kproof_guest_fill, "fill"};
    case GuestProgram::compare:
      return {kproof_guest_compare, "compare"};
    case GuestProgram::touch:
      return {kproof_guest_touch, "touch"};
    case GuestProgram::increment:
      return {kproof_guest_increment, "increment"};
    case GuestProgram::script:
      return {kproof_guest_script, "script"};
  }
  return {kproof_guest_start, "?"};
}

const void* guest_code() {
  return kproof_guest_start;
}
std::size_t guest_code_size() {
  return static_cast<std::size_t>(kproof_guest_end - kproof_guest_start);
}
std::size_t entry_offset(GuestProgram program) {
  return static_cast<std::size_t>(entry(program).start - kproof_guest_start);
}
std::size_t script_fault_offset() {
  return static_cast<std::size_t>(kproof_guest_script_fault - kproof_guest_start);
}
const char* name_of(GuestProgram program) {
  return entry(program).name;
}
bool uses_mailbox(std::size_t offset) {
  for (const char* at : {kproof_guest_mailbox_wrong, kproof_guest_mailbox_tries,
                         kproof_guest_mailbox_rounds, kproof_guest_mailbox_stop})
    if (offset == static_cast<std::size_t>(at - kproof_guest_start)) return true;
  return false;
}

}  // namespace kproof::kvm
