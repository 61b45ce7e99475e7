// What is done to the memory of a guest that runs in another process: in that process's own mm, by
// calls that it is made to make, and in ours.
#pragma once

#include <string>
#include <vector>

#include "kvm/inner_ram.hpp"
#include "kvm/notifiers.hpp"
#include "kvm/remote_syscall.hpp"

namespace kproof::kvm {

// How one kind of call went.
struct Tally {
  unsigned long calls = 0, failures = 0;
  std::string reason;         // of the first failure
  std::uint64_t heard = 0;    // calls of KVM's notifier for the guest's RAM that these made
  unsigned long unheard = 0;  // calls that changed entries of the RAM, and made none
  void add(long result, const char* what);
};

class InnerStress {
 public:
  // `piece`: how many bytes are toggled or dropped at a time; rounded up to the RAM's page.
  InnerStress(pid_t pid, const InnerRam& ram, std::size_t piece);
  InnerStress(const InnerStress&) = delete;
  InnerStress& operator=(const InnerStress&) = delete;
  ~InnerStress();

  // Each kind once, on a random piece of what is populated; some only now and then, as they are for
  // all of the process or the machine. False if the process is gone.
  bool round();

  Tally aliases;    // mmap, mprotect and munmap of a second mapping there, which is in no memslot
  Tally rights;     // mprotect of the RAM, which gives a right and takes it again
  Tally colds;      // MADV_COLD of the RAM: its entries become old; no kernel tells KVM
  Tally pageouts;   // MADV_PAGEOUT
  Tally drops;      // MADV_DONTNEED of the RAM, to be refaulted from the file
  Tally cleans;     // soft-dirty bits of the process cleared
  Tally moves;      // pages moved to another node; on one node, memory compacted
  Tally elsewhere;  // mprotect of a mapping of ours
  unsigned long rounds = 0;
  std::vector<double> round_times;  // microseconds
  // Pages of 4 KiB that were mapped when MADV_DONTNEED came; where they can be counted.
  unsigned long pages_dropped = 0;
  unsigned long pages_moved = 0;       // to another node
  unsigned long pages_soft_dirty = 0;  // written by the guest since the bits were cleared
  const std::string& problem() const { return remote_.problem(); }

 private:
  template <class Body>
  void hear(Tally& tally, const InvalidationCounter& counters, bool changes, Body body);
  void advise(Tally& tally, const HvaRange& piece, int advice, const char* name, bool changes);
  void toggle_rights(const HvaRange& piece);
  void drop(const HvaRange& piece);
  void toggle_alias(std::size_t offset);
  void toggle_ours();
  void clear_soft_dirty();
  void move(const HvaRange& piece);
  void compact();
  bool is_there(const HvaRange& piece) const;
  HvaRange pick();

  pid_t pid_;
  RemoteProcess remote_;
  InnerRam ram_;
  std::size_t piece_;
  char* ours_ = nullptr;  // a mapping of the RAM's first piece
  unsigned random_ = 1;
  std::vector<unsigned> nodes_;          // of memory
  InvalidationCounter by_qemu_, by_us_;  // what these two threads have KVM told of the RAM
};

}  // namespace kproof::kvm
