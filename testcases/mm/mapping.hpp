// Memory that one page-table entry maps 2 MiB or 1 GiB of, wherever it comes from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <sys/mman.h>

#include "lib/check.hpp"
#include "lib/fault.hpp"

namespace kproof::mm {

using Word = volatile std::uint64_t;

inline constexpr std::size_t kPmdSize = std::size_t{2} << 20;
inline constexpr std::size_t kPudSize = std::size_t{1} << 30;
inline constexpr std::size_t kPageSize = 4096;
inline constexpr int kReadWrite = PROT_READ | PROT_WRITE;

// A mapping is looked at through words this far apart. Of a PMD, or of pages, it is each 4 KiB
// page. Of a PUD it is 32 MiB, as a host with huge pages of its own backs each word with 2 MiB: 64
// MiB for 1 GiB. Either way, smaller entries show as a fault for each word.
constexpr std::size_t stride_of(std::size_t entry_size) {
  return entry_size == kPudSize ? std::size_t{32} << 20 : kPageSize;
}

// anonymous: private, huge by THP or not at all. shmem: shared pages of a memfd.
enum class Kind { anonymous, shmem, hugetlb, devdax };

// What the kernel does with an mprotect or munmap that covers part of a huge page.
enum class PartOfEntry {
  refused,  // EINVAL, by the vm_ops' may_split: devdax (dax_may_split), hugetlb
            // (hugetlb_vm_op_split)
  split,    // the entry is split into smaller ones: THP; or there is nothing to split
};

// What the kernel itself says of a range.
struct HugeAccount {
  const char* counter;  // "AnonHugePages"
  std::size_t bytes;    // mapped by huge entries now
};

// Where a mapping comes from. A provider sets up what it needs, or bails out, before the first
// map().
class Provider {
 public:
  Provider(std::size_t entry_size, Kind kind) : entry_size_(entry_size), kind_(kind) {}
  virtual ~Provider() = default;

  // Maps `length` bytes, a multiple of entry_size(), aligned to it, read-write, not yet populated.
  // Repeated calls map the same memory if it is shared, fresh memory otherwise.
  virtual void* map(std::size_t length) = 0;
  // Empty if the kernel keeps no account of this kind of memory.
  virtual std::optional<HugeAccount> account(const void* address, std::size_t length);

  std::size_t entry_size() const { return entry_size_; }  // bytes that one entry maps
  std::size_t stride() const { return stride_of(entry_size_); }
  std::size_t words_per_entry() const { return entry_size_ / stride(); }
  bool is_pud() const { return entry_size_ == kPudSize; }
  bool is_huge() const { return entry_size_ > kPageSize; }
  bool is_shared() const { return kind_ != Kind::anonymous; }
  Kind kind() const { return kind_; }
  // A child shares no page that one of the two writes.
  virtual bool is_private() const { return kind_ == Kind::anonymous; }
  PartOfEntry part_of_entry() const {
    return kind_ == Kind::hugetlb || kind_ == Kind::devdax ? PartOfEntry::refused
                                                           : PartOfEntry::split;
  }

 private:
  std::size_t entry_size_;
  Kind kind_;
};

// One mapping of a provider, unmapped in the end.
class Region {
 public:
  Region(Provider& provider, std::size_t length);
  // What is mapped there already, by whatever way.
  Region(char* base, std::size_t length, std::size_t stride)
      : base_(base), length_(length), stride_(stride) {}
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  ~Region();

  char* base() const { return base_; }
  std::size_t length() const { return length_; }
  std::size_t stride() const { return stride_; }
  std::size_t words() const { return length_ / stride_; }
  Word* word(std::size_t index) const { return reinterpret_cast<Word*>(base_ + index * stride_); }

  // It lies there now (mremap).
  void moved_to(char* base) { base_ = base; }

  // mprotect of all of it, or of words [first, first + count); false and a failed check on an
  // error.
  bool protect(lib::Check& check, int prot) const { return protect(check, prot, 0, words()); }
  bool protect(lib::Check& check, int prot, std::size_t first, std::size_t count) const;

  // Writes the pattern of `seed` to all words, or to [first, first + count), without a probe.
  void fill(std::uint64_t seed) const { fill(seed, 0, words()); }
  void fill(std::uint64_t seed, std::size_t first, std::size_t count) const;
  // All of words [first, first + count) can be read and hold the pattern.
  void expect_data(lib::Check& check, const char* when, std::uint64_t seed, std::size_t first,
                   std::size_t count) const;
  void expect_data(lib::Check& check, const char* when, std::uint64_t seed) const {
    expect_data(check, when, seed, 0, words());
  }

 private:
  char* base_;
  std::size_t length_;
  std::size_t stride_;
};

// Each word of it, `stride` bytes apart, is in no mapping.
void expect_unmapped(lib::Check& check, const char* what, char* start, std::size_t length,
                     std::size_t stride);

const char* prot_name(int prot);

}  // namespace kproof::mm
