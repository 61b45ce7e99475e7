// Write protection by userfaultfd: what a checkpoint of a process or a VM uses to learn which pages
// are written.
#pragma once

#include <functional>
#include <string>

#include "mm/mapping.hpp"

namespace kproof::mm {

// Who closes it takes the protection of all that is still registered back, in each entry
// (userfaultfd_clear_vma, uffd_wp_range), whether it was protected or not. Where that is not
// wanted, this must outlive the region.
class UffdWp {
 public:
  enum class Mode {
    // UFFD_FEATURE_WP_ASYNC, by which nobody has to answer faults, of any memory; and
    // UFFD_FEATURE_EVENT_FORK, by which children inherit what is registered.
    asynchronous,
    // Who writes waits for an answer, which nobody gives here. Of anonymous, shared and hugetlb
    // memory alone.
    answered,
  };

  // Why this kernel has none; "" if it has.
  static std::string problem(Mode mode = Mode::asynchronous);

  explicit UffdWp(Mode mode = Mode::asynchronous);  // bails out where there is a problem
  UffdWp(const UffdWp&) = delete;
  UffdWp& operator=(const UffdWp&) = delete;
  ~UffdWp();

  // 0 or errno.
  int watch(const Region& region);  // UFFDIO_REGISTER: nothing is protected by it yet
  int protect(const Region& region) { return protect(region.base(), region.length()); }
  int protect(char* start, std::size_t length);  // UFFDIO_WRITEPROTECT
  int unprotect(char* start, std::size_t length);
  int unwatch(const Region& region);  // UFFDIO_UNREGISTER

  // Of the answered mode: another thread writes to the word, and whoever asks about it is answered
  // by unprotect() of `length` bytes at `start`, in which the word lies. Whether anybody asked; the
  // write has gone through either way.
  bool asks_at_write(Word* word, std::uint64_t value, char* start, std::size_t length);

  // `body` forks and waits for the child. (fork() itself waits until its event has been read.) The
  // child's userfaultfd is kept until then: to close it takes the child's protection back.
  bool during_fork(const std::function<bool()>& body);

 private:
  int fd_;
};

// Pages of 4 KiB that /proc/self/pagemap calls protected by userfaultfd (bit 57, Linux 5.14).
std::size_t protected_pages(const char* start, std::size_t length);

}  // namespace kproof::mm
