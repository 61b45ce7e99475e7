// What a kernel's tracefs holds, as trace-cmd keeps it: trace.dat, version 6 (trace-cmd.dat.v6(5)).
// Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace kproof::ftrace {

// Content by name below tracefs: "events/header_page", "events/kvm/kvm_exit/format",
// "per_cpu/cpu0/stats", "per_cpu/cpu0/trace_pipe_raw" (whole pages of the ring buffer); and
// "kallsyms".
using Files = std::map<std::string, std::string>;

// `uname`: of the guest, for people. HostError where `files` are not those of a trace.
std::string trace_dat(const Files& files, const std::string& uname);

// Of one CPU, when it stopped.
struct CpuStats {
  unsigned cpu = 0;
  std::uint64_t entries = 0;  // in the buffer
  std::uint64_t overrun = 0;  // overwritten by later ones
  std::uint64_t dropped = 0;  // that had no room
};
// In the order of their numbers; of CPUs that the guest told of.
std::vector<CpuStats> stats_of(const Files& files);

}  // namespace kproof::ftrace
