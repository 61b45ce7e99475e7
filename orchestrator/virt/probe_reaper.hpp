// Reaps the orphans that libvirt makes when it probes QEMU.
#pragma once

#include <thread>

#include "util/fd.hpp"

namespace kproof::virt {

// libvirt daemonises a QEMU to ask for its capabilities, kills it, and waits until the pid is gone:
// 40 s each where PID 1 reaps nothing, as in many containers, and four of them. While this object
// lives, this process adopts orphans and reaps them at once. libvirt's direct children, which it
// waits for itself, are in our session; daemonised ones are not.
class ProbeReaper {
 public:
  ProbeReaper();
  ~ProbeReaper();
  ProbeReaper(const ProbeReaper&) = delete;
  ProbeReaper& operator=(const ProbeReaper&) = delete;

 private:
  util::Fd stop_;
  std::thread thread_;
};

}  // namespace kproof::virt
