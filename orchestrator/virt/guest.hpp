// One running guest. Owns its QEMU: when a Guest goes, so does the process.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <sys/types.h>

#include "util/fd.hpp"
#include "virt/events.hpp"

struct _virDomain;  // NOLINT(bugprone-reserved-identifier): libvirt calls it so

namespace kproof::virt {

class Connection;

// How QEMU ended, where it is our child.
struct QemuExit {
  int exit_code = 0;
  int signal = 0;
};

class Guest {
 public:
  Guest(Guest&&) noexcept;
  Guest& operator=(Guest&&) = delete;
  ~Guest();  // stop()

  EventQueue& events() { return *events_; }
  // Readable once QEMU has exited; -1 where QEMU is a daemon's child.
  int process_fd() const { return process_.get(); }
  pid_t pid() const { return pid_; }  // 0 where QEMU is a daemon's child
  // Reaps QEMU if it has exited. libvirt waits for that: call it as soon as process_fd() is
  // readable.
  std::optional<QemuExit> reap();

  // Ends QEMU if it still runs, and returns when it is gone. Idempotent.
  void stop() noexcept;

 private:
  friend class Connection;
  friend class Monitor;
  Guest(Connection& connection, std::string name, _virDomain* domain,
        std::shared_ptr<EventQueue> events);
  void adopt_process();
  void end_process() noexcept;

  Connection* connection_;
  std::string name_;
  struct FreeDomain {
    void operator()(_virDomain* domain) const noexcept;
  };
  std::unique_ptr<_virDomain, FreeDomain> domain_;
  std::shared_ptr<EventQueue> events_;
  util::Fd process_;
  pid_t pid_ = 0;
  std::optional<QemuExit> exit_;
};

}  // namespace kproof::virt
