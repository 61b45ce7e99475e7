// Records of /dev/kmsg, as Documentation/ABI/testing/dev-kmsg has them:
// "prio,seq,usec,flags[,...];text\n KEY=value\n", with \xNN for bytes that are not printable.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace kproof::console {

struct KmsgRecord {
  unsigned facility =
      0;               // 0: the kernel; user space cannot write it (devkmsg_write turns 0 into 1)
  unsigned level = 0;  // 0 (emergency) to 7 (debug)
  std::uint64_t seq = 0;   // without gaps, unless records were lost
  std::uint64_t usec = 0;  // since boot; the console shows the same number
  std::string caller;      // "T123", "C1", or "" without CONFIG_PRINTK_CALLER
  std::string text;        // unescaped; may hold several lines
  bool from_kernel() const { return facility == 0; }
};

// One record, with or without its continuation lines and its last '\n'. Empty if it is none.
std::optional<KmsgRecord> parse_kmsg(std::string_view record);

// What user space wrote to /dev/kmsg. The kernel prints it on the console like its own words, so a
// console line that equals one is never taken for the kernel's.
class UserRecords {
 public:
  void add(const KmsgRecord& record);
  // `text`: without prefix, clean.
  bool contains(std::uint64_t usec, std::string_view text) const;
  bool empty() const { return lines_.empty(); }

 private:
  // Hashes, and no more of them than this: a program that writes more has flooded its guest, and
  // what it writes from there on counts as the kernel's, never the other way round.
  static constexpr std::size_t kMostLines = 1 << 20;
  std::unordered_set<std::uint64_t> lines_;
};

}  // namespace kproof::console
