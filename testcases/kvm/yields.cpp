#include "kvm/yields.hpp"

#include <cerrno>
#include <cstring>

#include <linux/perf_event.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/safe.hpp"
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
  attributes.size = sizeof attributes;
  attributes.kprobe_func = reinterpret_cast<std::uintptr_t>(kFunction);
  attributes.disabled = 1;
  const machine::ParkedCpus parked;
  fd_ = static_cast<int>(
      ::syscall(SYS_perf_event_open, &attributes, -1, ::sched_getcpu(), -1, PERF_FLAG_FD_CLOEXEC));
  if (fd_ < 0) {
    problem_ = std::string("kprobe at ") + kFunction + ": " + std::strerror(errno);
    return;
  }
  const std::string filter = "common_pid == " + std::to_string(::gettid());
  lib::safe::check(::ioctl(fd_, PERF_EVENT_IOC_SET_FILTER, filter.c_str()),
                   "PERF_EVENT_IOC_SET_FILTER");
  lib::safe::check(::ioctl(fd_, PERF_EVENT_IOC_ENABLE), "PERF_EVENT_IOC_ENABLE");
}

YieldCounter::~YieldCounter() {
  const machine::ParkedCpus parked;
  if (fd_ >= 0) ::close(fd_);
}

std::uint64_t YieldCounter::count() const {
  std::uint64_t count = 0;
  if (fd_ >= 0 && ::read(fd_, &count, sizeof count) != sizeof count)
    lib::safe::check(-1, "read of a kprobe's count");
  return count;
}

}  // namespace kproof::kvm
