// Reaps the orphans that libvirt makes of QEMUs which end before they are anybody's guest.
#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <stop_token>
#include <thread>

#include <sys/types.h>

namespace kproof::virt {

// libvirt daemonises a QEMU, to ask for its capabilities or to start a guest, and waits until its
// pid is gone: 40 s each where PID 1 reaps nothing, as in many containers, or where we adopted a
// QEMU that failed to start. While anybody watches, this process adopts orphans and reaps at once
// those that are not kept. libvirt's direct children, which it waits for itself, are in our
// session or, on the way to a daemon, lead one of their own; daemons are in one and do not lead it.
//
// Children are a process's, so there is one of these for it, whatever the number of guests.
class OrphanReaper {
 public:
  static OrphanReaper& of_process();

  class Watch {
   public:
    // From here on orphans are our children. HostError when the kernel refuses.
    explicit Watch(OrphanReaper& reaper);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    OrphanReaper& reaper_;
  };

  // A child that somebody else reaps: the QEMU of a guest.
  void keep(pid_t pid);
  void let_go(pid_t pid) noexcept;

 private:
  OrphanReaper();
  void serve(const std::stop_token& stop) noexcept;
  bool reap_one(pid_t pid) noexcept;
  void reap_all() noexcept;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::set<pid_t> kept_;
  unsigned watches_ = 0;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace kproof::virt
