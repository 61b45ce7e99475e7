// Asynchronous write protection by userfaultfd, of any memory: what a checkpoint of a process uses
// to learn which pages are written.
#pragma once

#include <functional>
#include <string>

#include "mm/mapping.hpp"

namespace kproof::mm {

// A userfaultfd with UFFD_FEATURE_WP_ASYNC, by which nobody has to answer faults, and
// UFFD_FEATURE_EVENT_FORK, by which children inherit what is registered.
//
// Who closes it takes the protection of all that is still registered back, in each entry
// (userfaultfd_clear_vma, uffd_wp_range), whether it was protected or not. Where that is not
// wanted, this must outlive the region.
class UffdWp {
 public:
  // Why this kernel has none; "" if it has.
  static std::string problem();

  UffdWp();  // bails out where there is a problem
  UffdWp(const UffdWp&) = delete;
  UffdWp& operator=(const UffdWp&) = delete;
  ~UffdWp();

  // 0 or errno.
  int watch(const Region& region);    // UFFDIO_REGISTER: nothing is protected by it yet
  int protect(const Region& region);  // UFFDIO_WRITEPROTECT
  int unwatch(const Region& region);  // UFFDIO_UNREGISTER

  // `body` forks and waits for the child. (fork() itself waits until its event has been read.) The
  // child's userfaultfd is kept until then: to close it takes the child's protection back.
  bool during_fork(const std::function<bool()>& body);

 private:
  int fd_;
};

}  // namespace kproof::mm
