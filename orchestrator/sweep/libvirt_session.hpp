// What guests need of this process: a directory for sockets, libvirt's event loop, a connection.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sweep/prepare.hpp"
#include "sweep/runtime.hpp"
#include "virt/connection.hpp"
#include "virt/event_loop.hpp"

namespace kproof::sweep {

// Opened by the first sweep that boots a guest, and shared by all of a process: libvirt's embedded
// driver takes one directory in its life.
class LibvirtSession {
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

// QEMU's capabilities are asked for once per QEMU. libvirt would see the same emulator, qemu-tied,
// when QEMU itself was upgraded; the directory's name sees it. `uri`: "" for the embedded driver.
virt::ConnectSpec connect_spec(const std::string& uri, const std::string& qemu,
                               const Installation& installation, bool drops_root);

// Where the sockets and the NVDIMMs of these cells go, `jobs` of them at once at most: memory, or
// the disk where that has no room for them; `say` is told of that.
std::filesystem::path place_for_nvdimms(const std::vector<PreparedCell>& cells, unsigned jobs,
                                        const std::function<void(const std::string&)>& say);

}  // namespace kproof::sweep
