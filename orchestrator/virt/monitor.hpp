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

struct _virDomain;  // NOLINT(bugprone-reserved-identifier): libvirt calls it so

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

  // One line of QMP; QEMU gets `file` with it.
  void ask(std::string command, std::shared_ptr<util::Fd> file = {});
  // Writes the guest's memory to a file, as ELF or in kdump's compressed format; the guest stands
  // still meanwhile. Not to be had by ask(): at the event that ends
  // dump-guest-memory, libvirt 9.0 falls over its own missing job (SIGSEGV in
  // qemuMonitorEmitDumpCompleted, seen).
  void dump_memory(std::string file, bool compressed = false);
  int fd() const { return fd_.get(); }  // readable while there may be an answer
  // The next answer, one line of QMP: libvirt's own error is told as QEMU's would be.
  std::optional<std::string> take();

 private:
  struct Request {
    std::string command, dump;  // one of the two
    bool compressed = false;    // the dump
    std::shared_ptr<util::Fd> file = {};
  };
  void add(Request request);
  void serve(const std::stop_token& stop);

  struct FreeDomain {
    void operator()(_virDomain* domain) const noexcept;
  };
  std::unique_ptr<_virDomain, FreeDomain> domain_;
  util::Fd fd_;
  std::mutex mutex_;
  std::condition_variable_any asked_;
  std::deque<Request> requests_;
  std::deque<std::string> answers_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace kproof::virt
