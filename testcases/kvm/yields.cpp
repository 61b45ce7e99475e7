#include "kvm/yields.hpp"

#include <cerrno>
#include <cstring>

#include <sched.h>
#include <unistd.h>

#include "kvm/perf_event.hpp"
#include "lib/sysfs.hpp"
#include "machine/parked_cpus.hpp"

namespace kproof::kvm {

static const char* const kType = "/sys/bus/event_source/devices/kprobe/type";
static constexpr const char* kFunction = "__cond_resched_rwlock_write";

YieldCounter::YieldCounter() {
  if (!lib::sysfs::exists(kType)) {
    problem_ = std::string(kType) + " is not there: CONFIG_KPROBE_EVENTS";
    return;
  }
  perf_event_attr attributes{};
  attributes.type = static_cast<std::uint32_t>(lib::sysfs::read_number(kType));
  attributes.kprobe_func = reinterpret_cast<std::uintptr_t>(kFunction);
  const machine::ParkedCpus parked;
  fd_ = open_perf_event(attributes, ::sched_getcpu());
  if (fd_ < 0) {
    problem_ = std::string("kprobe at ") + kFunction + ": " + std::strerror(errno);
    return;
  }
  start_perf_event(fd_, of_thread(::gettid()));
}

YieldCounter::~YieldCounter() {
  const machine::ParkedCpus parked;
  if (fd_ >= 0) ::close(fd_);
}

std::uint64_t YieldCounter::count() const {
  return fd_ >= 0 ? read_perf_event(fd_) : 0;
}

}  // namespace kproof::kvm
