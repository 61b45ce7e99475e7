// Failures that are not the kernel's but QEMU's, which emulates its CPUs. Pure.
//
// TCG runs each CPU of a guest in a thread of its own. QEMU before 8.1 translates code without
// holding its page, so a translation may begin before another CPU writes there, end after it, and
// be kept ("accel/tcg: Always lock pages before translation" mended that). Kernels write to their
// text: text_poke() puts an int3 there for a moment. A CPU that goes on executing an int3 which
// memory has no more dies of it (6.12: "Oops: int3") or tries again for ever (6.1); in a place
// where no exception may be it ends in a triple fault. A CPU 0 that runs guests has another
// (agent::Job::spare_cpu0), which kproof avoids for its own guests, but not for those of the
// machine that it runs in. All of these are how a real fault may end, too: so a sign is no proof
// (doubt.hpp).
#pragma once

#include <string>

#include "model/result.hpp"
#include "verdict/judge.hpp"

namespace kproof::verdict {

// What speaks for the emulator in a failed cell, the same text for the same symptom at the same
// place; "" where nothing does. It must explain all that was found and that was not ok.
//   reset  a guest was reset, and its kernel said nothing: neither a report nor that it restarts
//   int3   a report of an int3 whose "Code:" shows that none is there (patched by text_poke() in
//          the meantime, which waits for all CPUs to have seen it)
//   entry  a guest's kernel filled its stack with page faults of the code that they enter by: its
//          GS was that of a guest inside; what is inside may have stalled
//   loop   a guest hung while a CPU was in the kernel's handler of int3, or while another, which
//          had put one there, waited for all to have seen that (the place of a CPU is not known
//          before the agent has said hello); stalls and lockups that it reports belong to it
std::string emulator_sign(Levels levels);

}  // namespace kproof::verdict
