// Events that the kernel counts or samples, by perf_event_open(2): what its users share.
#pragma once

#include <cstdint>
#include <string>

#include <linux/perf_event.h>
#include <sys/types.h>

namespace kproof::kvm {

// On one CPU, for whatever runs there: the descriptor, or -1 and errno. It does not count yet: what
// came before a filter is set would be counted whatever it is.
int open_perf_event(perf_event_attr attributes, int cpu);
// A kprobe, at the start of a kernel function or where it returns. Needs root.
perf_event_attr kprobe_at(const char* function, bool at_return = false);
// Why there are no kprobes here, "" where there are: CONFIG_KPROBE_EVENTS.
std::string kprobes_missing();
// `filter` in the terms of Documentation/trace/events.rst, "" for every hit. Ends the case where it
// is refused.
void start_perf_event(int fd, const std::string& filter);
// A filter for what this thread does.
std::string of_thread(pid_t thread);
// Events so far.
std::uint64_t read_perf_event(int fd);

}  // namespace kproof::kvm
