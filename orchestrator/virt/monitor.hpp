// QEMU's monitor, through libvirt.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "util/fd.hpp"

struct _virDomain;

namespace kproof::virt {

class Guest;

// libvirt waits for QEMU's answer without a limit, so it does on a thread of ours. A QEMU that
// never answers ends the wait when it ends: destroy the Guest before its Monitor.
class Monitor {
 public:
  explicit Monitor(const Guest& guest);
  ~Monitor();
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  void ask(std::string command);        // one line of QMP
  int fd() const { return fd_.get(); }  // readable while there may be an answer
  // The next answer, one line of QMP: libvirt's own error is told as QEMU's would be.
  std::optional<std::string> take();

 private:
  void serve(const std::stop_token& stop);

  struct FreeDomain {
    void operator()(_virDomain* domain) const noexcept;
  };
  std::unique_ptr<_virDomain, FreeDomain> domain_;
  util::Fd fd_;
  std::mutex mutex_;
  std::condition_variable_any asked_;
  std::deque<std::string> commands_, answers_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace kproof::virt
