// A connection to libvirt: in this process (embedded, the default) or to a daemon.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "model/topology.hpp"
#include "virt/events.hpp"

struct _virConnect;  // NOLINT(bugprone-reserved-identifier): libvirt calls it so

namespace kproof::virt {

class Guest;

struct ConnectSpec {
  std::string uri;  // "" for the embedded driver, else qemu:///system, qemu:///session
  std::filesystem::path runtime_dir;  // ours, short: sockets below it must fit in 108 bytes
  // QEMU's capabilities live here between runs; "": they do not (embedded only).
  std::filesystem::path cache_dir;
  std::filesystem::path emulator;  // qemu-tied (embedded only)
  // It gives root up by itself, for which it needs the capabilities that libvirt else takes away
  // (embedded only).
  bool emulator_drops_root = false;
};

// Promises:
//  1. open() leaves nothing behind when it throws HostError, which names the next step.
//  2. Embedded: this process becomes a child subreaper, so that QEMU is our child
//  (tied/qemu_tied.c).
//  3. With a daemon: guests are started with AUTODESTROY, so the daemon ends them when we die.
//  4. Every event of a guest reaches its queue, including those of its very start. None is called
//  back once the connection is closed, which waits until libvirt has cleaned up behind its guests,
//  for 15 s at most.
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
  // The named CPU model that a guest under KVM gets where its level names none: "" under TCG, and
  // where this host can run none of those that we would choose.
  const std::string& pinned_cpu() const { return pinned_cpu_; }
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
  void unsubscribe() noexcept;
  void leave(const std::string& name) noexcept;

  ConnectSpec spec_;
  struct CloseConnection {
    void operator()(_virConnect* connection) const noexcept;
  };
  std::unique_ptr<_virConnect, CloseConnection> handle_;
  std::shared_ptr<Mailroom> mailroom_ = std::make_shared<Mailroom>();
  std::vector<int> lifecycle_callbacks_, qmp_callbacks_;
  bool watches_close_ = false;
  std::string pinned_cpu_;
};

}  // namespace kproof::virt
