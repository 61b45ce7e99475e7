// A page that is not there until it is given: who faults on it waits (userfaultfd(2)), so that a
// vCPU's fault can be kept half done for as long as a case likes.
#pragma once

#include <string>

namespace kproof::kvm {

class HeldPage {
 public:
  // Why this kernel has no such; "" if it has.
  static std::string problem();

  // Drops the 4 KiB at `page`, of private anonymous memory without huge pages.
  explicit HeldPage(char* page);
  HeldPage(const HeldPage&) = delete;
  HeldPage& operator=(const HeldPage&) = delete;
  ~HeldPage();

  // Until somebody waits for it; false if nobody does for so long.
  bool wait_wanted(double seconds) const;
  // It is there then, full of zeros and to be written, and who waits goes on. Nobody is notified.
  void give() const;

 private:
  int fd_;
  char* page_;
};

}  // namespace kproof::kvm
