// A connection to libvirt: in this process (embedded, the default) or to a daemon.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include <sys/types.h>

#include "model/topology.hpp"
#include "virt/events.hpp"

struct _virConnect;  // NOLINT(bugprone-reserved-identifier): libvirt calls it so

namespace kproof::virt {

class Guest;
class OrphanReaper;

struct ConnectSpec {
  std::string uri;  // "" for the embedded driver, else qemu:///system, qemu:///session
  std::filesystem::path runtime_dir;  // ours, short: sockets below it must fit in 108 bytes
  std::filesystem::path cache_dir;    // QEMU's capabilities live here between runs (embedded only)
  std::filesystem::path emulator;     // qemu-tied (embedded only)
};

// Promises:
//  1. open() leaves nothing behind when it throws HostError, which names the next step.
//  2. Embedded: this process becomes a child subreaper, so that QEMU is our child
//  (tied/qemu_tied.c).
//  3. With a daemon: guests are started with AUTODESTROY, so the daemon ends them when we die.
//  4. Every event of a guest reaches its queue, including those of its very start.
// An EventLoop must live longer than any Connection. Thread safe.
class Connection {
 public:
  static std::unique_ptr<Connection> open(const ConnectSpec& spec, model::Accel accel);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Starts a transient domain named `name`, as its XML must say too. HostError when it cannot
  // start.
  Guest start(const std::string& name, const std::string& xml);

  bool embedded() const { return spec_.uri.empty(); }
  std::string uri() const;
  std::string libvirt_version() const;
  std::string qemu_version() const;
  // Where QEMU's own messages go, "" when they cannot be known.
  std::filesystem::path qemu_log(const std::string& name) const;

 private:
  friend class Guest;
  friend struct Callbacks;
  explicit Connection(ConnectSpec spec) : spec_(std::move(spec)) {}
  void connect();
  void subscribe();
  void adopt(pid_t qemu);  // its Guest reaps it
  void forget(const std::string& name, pid_t qemu) noexcept;
  std::unique_ptr<OrphanReaper> reap_orphans();           // as long as it lives; null with a daemon
  void post(const char* name, Lifecycle event) noexcept;  // name null: to every guest

  ConnectSpec spec_;
  struct CloseConnection {
    void operator()(_virConnect* connection) const noexcept;
  };
  std::unique_ptr<_virConnect, CloseConnection> handle_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<EventQueue>> queues_;
  std::set<pid_t> adopted_;
};

}  // namespace kproof::virt
