// What guests need of this process: a directory for sockets, libvirt's event loop, a connection.
#pragma once

#include <memory>

#include "sweep/runtime.hpp"
#include "virt/connection.hpp"
#include "virt/event_loop.hpp"

namespace kproof::sweep {

// Opened by the first sweep that boots a guest, and shared by all of a process: libvirt's embedded
// driver takes one directory in its life.
class Hosting {
 public:
  struct Open {
    Open(const std::filesystem::path& parent, const std::filesystem::path& guard,
         virt::ConnectSpec spec, model::Accel accel)
        : runtime(parent, guard, !spec.uri.empty() || spec.emulator_drops_root) {
      spec.runtime_dir = runtime.path();
      connection = virt::Connection::open(spec, accel);
    }
    RuntimeDir runtime;
    virt::EventLoop loop;
    std::unique_ptr<virt::Connection> connection;  // last: closed before its loop ends
  };
  // `parent` as RuntimeDir has it; the first call's counts. `spec` lacks its runtime_dir.
  const Open& open(const std::filesystem::path& parent, const std::filesystem::path& guard,
                   const virt::ConnectSpec& spec, model::Accel accel) {
    if (!open_) open_ = std::make_unique<Open>(parent, guard, spec, accel);
    return *open_;
  }

 private:
  std::unique_ptr<Open> open_;
};

}  // namespace kproof::sweep
