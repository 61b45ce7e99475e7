// What is done to the memory of a guest that runs in another process: in that process's own mm, by
// calls that it is made to make, and in ours.
#pragma once

#include <array>
#include <string>

#include "kvm/inner_ram.hpp"
#include "kvm/remote_syscall.hpp"

namespace kproof::kvm {

// How one kind of call went.
struct Tally {
  unsigned long calls = 0, failures = 0;
  std::string reason;  // of the first failure
  void add(long result, const char* what);
};

class InnerStress {
 public:
  // `piece`: how many bytes are toggled or dropped at a time; rounded up to the RAM's page.
  InnerStress(pid_t pid, const InnerRam& ram, std::size_t piece);
  InnerStress(const InnerStress&) = delete;
  InnerStress& operator=(const InnerStress&) = delete;
  ~InnerStress();

  // Each kind once, on a random piece of what is populated. False if the process is gone.
  bool round();

  Tally aliases;    // mmap, mprotect and munmap of a second mapping there
  Tally drops;      // MADV_DONTNEED of the RAM, to be refaulted from the file
  Tally colds;      // MADV_COLD of the RAM
  Tally pageouts;   // MADV_PAGEOUT
  Tally elsewhere;  // mprotect of a mapping of ours
  unsigned long rounds = 0;
  // Pages of 4 KiB that were mapped when MADV_DONTNEED came; where they can be counted.
  unsigned long pages_dropped = 0;
  const std::string& problem() const { return remote_.problem(); }

 private:
  void toggle_alias(std::size_t offset);
  void toggle_ours();
  HvaRange pick();

  pid_t pid_;
  RemoteProcess remote_;
  InnerRam ram_;
  std::size_t piece_;
  char* ours_ = nullptr;  // a mapping of the RAM's first piece
  unsigned random_ = 1;
};

}  // namespace kproof::kvm
