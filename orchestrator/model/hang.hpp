// What a hang was, as far as it could be told before the guest was ended.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kproof::model {

enum class HangKind {
  unknown,    // what was collected does not tell
  irqs_off,   // a CPU spins in the kernel with interrupts off
  cpu_busy,   // CPUs are busy with interrupts on, and the agent does not get to run
  cpus_idle,  // every CPU is idle: the agent waits for something that does not come
  boot,       // silent from the boot on: the agent never said hello
  hung_task,  // the agent answers; a task of the case sleeps uninterruptibly and does not move
  waits,      // the agent answers; the case sleeps for ever
  runs,       // the agent answers; the case runs for ever
};

struct Hang {
  int level = 1;  // of the guest that hung
  HangKind kind = HangKind::unknown;
  bool agent_answers = false;     // to a ping, when the deadline had passed
  std::string reason;             // one line, for people
  std::vector<std::string> cpus;  // one line each: "CPU 0 spins with interrupts off in foo+0x1/0x2"
  std::vector<std::string> tasks;    // of the case, one line each: "71 (pause) D in pipe_read"
  std::vector<std::string> missing;  // what could not be collected, and why
};

std::string_view to_string(HangKind kind);  // as cell.json has it: "irqs_off"

}  // namespace kproof::model
