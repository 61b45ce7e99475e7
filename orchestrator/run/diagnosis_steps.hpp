// What a diagnosis does, in its order: data. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "model/outcome.hpp"
#include "run/cpu_sample.hpp"

namespace kproof::run {

struct DiagnosisTimes {
  util::Millis budget;    // for all of it
  util::Millis reply;     // for an answer of QEMU
  util::Millis interval;  // between two rounds of samples
  util::Millis answer;    // for the first byte behind a sysrq key or an NMI
  util::Millis quiet;     // without a byte: the kernel has said all
  util::Millis longest;   // that it is listened to for one key
  util::Millis dump;      // for the memory dump, beside the budget
};
DiagnosisTimes diagnosis_times(util::Millis budget);

// "native_halt+0x4/0x10" for an address of the kernel, "" for one that cannot be named. May take a
// second, and is called for a guest that hangs only.
using AddressNames = std::function<std::string(std::uint64_t)>;

struct DiagnosisSetup {
  int level = 1;
  model::Phase phase = model::Phase::test;
  bool hello = false, agent_answers = false;
  std::string ping;  // what became of it, a sentence
  std::size_t console_bytes = 0;
  std::string last_line;
  // L1: the console's file, and a FIFO that is to become its input. A guest inside is typed to by
  // the agent around it.
  std::filesystem::path console, input;
  std::filesystem::path dump;  // "": no memory dump is wanted
  std::string mark;            // agent::Examine::mark
  AddressNames address_names;  // or none
  DiagnosisTimes times{};
};

struct Step {
  enum Kind {
    ask,      // QEMU, for the log
    sample,   // its CPUs' registers
    hlt,      // the byte before the instruction of `cpu`
    connect,  // the console's input
    press,    // a sysrq key behind a BREAK
    look,     // the agent's, with sysrq keys or without
    dump,     // memory
    nmi,
  } kind;
  std::string title;
  std::string text = {};  // a QMP command, sysrq keys, or a file
  int cpu = 0;
};

inline constexpr std::size_t kSampleRounds = 5;

// Of a guest whose agent does not answer, and of one whose agent does.
std::deque<Step> steps_for_kernel(const DiagnosisSetup& setup);
std::deque<Step> steps_for_case(const DiagnosisSetup& setup);

// Where KVM has the APIC, QEMU does not know which CPUs are halted; but a CPU that waits in HLT
// stays behind it with interrupts on. Did this one, as far as these rounds show? Then see whether
// an HLT is before it.
bool stays(const CpuSample& last, const std::vector<std::vector<CpuSample>>& rounds);
Step look_before(const CpuSample& last);

}  // namespace kproof::run
