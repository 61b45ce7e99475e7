// KVM's counters of one VM or vCPU, by KVM_GET_STATS_FD (Linux 5.14): no debugfs and no root
// needed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace kproof::kvm {

class Stats {
 public:
  // `fd` is of a VM or a vCPU. Bails out on a kernel that is too old.
  explicit Stats(int fd);
  // Of one that KVM_GET_STATS_FD has opened, perhaps in another process; closes it.
  struct Opened {
    int fd;
  };
  explicit Stats(Opened opened);
  Stats(const Stats&) = delete;
  Stats& operator=(const Stats&) = delete;
  ~Stats();

  int fd() const { return fd_; }
  bool has(std::string_view name) const { return offsets_.contains(name); }
  // The value now; 0 for a counter that this kernel does not have.
  std::uint64_t get(std::string_view name) const;

 private:
  int fd_;
  std::map<std::string, std::uint32_t, std::less<>> offsets_;  // in the file, of the first value
};

// SPTEs of a VM by the size that they map, of shadow and TDP MMU alike (Linux 5.15).
struct SpteCounts {
  std::uint64_t small, pmd, pud;  // 4 KiB, 2 MiB, 1 GiB

  std::uint64_t all() const { return small + pmd + pud; }
};
SpteCounts count_sptes(const Stats& vm);

}  // namespace kproof::kvm
