// Reaps the orphans that libvirt makes of QEMUs which end before they are anybody's guest.
#pragma once

#include <functional>
#include <thread>

#include <sys/types.h>

#include "util/fd.hpp"

namespace kproof::virt {

// libvirt daemonises a QEMU, to ask for its capabilities or to start a guest, and waits until its
// pid is gone: 40 s each where PID 1 reaps nothing, as in many containers, or where we adopted a
// QEMU that failed to start. While this object lives, this process adopts orphans and reaps at once
// those that are not kept. libvirt's direct children, which it waits for itself, are in our
// session or, on the way to a daemon, lead one of their own; daemons are in one and do not lead it.
class OrphanReaper {
 public:
  // Called on a thread of its own, must be thread safe.
  using IsKept = std::function<bool(pid_t)>;
  explicit OrphanReaper(IsKept is_kept);
  ~OrphanReaper();
  OrphanReaper(const OrphanReaper&) = delete;
  OrphanReaper& operator=(const OrphanReaper&) = delete;

 private:
  const IsKept is_kept_;
  util::Fd stop_;
  std::thread thread_;
};

}  // namespace kproof::virt
