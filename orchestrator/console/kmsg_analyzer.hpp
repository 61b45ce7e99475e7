// The analyser for a stream of /dev/kmsg records, where facilities tell who wrote what.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "console/analyzer.hpp"
#include "console/kmsg.hpp"

namespace kproof::console {

// The sibling of Analyzer. Bytes are records as read(2) gives them, one behind the other. Line
// numbers of findings count the lines of that stream. Only records of the kernel's facility are
// findings; canaries are looked for in all records, because they come from user space.
// Options::stamps and Options::from_user mean nothing here.
class KmsgAnalyzer {
 public:
  explicit KmsgAnalyzer(Options options = {});
  KmsgAnalyzer(KmsgAnalyzer&&) noexcept;
  KmsgAnalyzer& operator=(KmsgAnalyzer&&) noexcept;
  ~KmsgAnalyzer();

  void feed(std::string_view bytes);
  void finish();

  std::vector<model::Finding> findings() const;
  Facts facts() const;
  // What user space wrote, for Options::from_user of the same guest's console.
  const UserRecords& user_records() const;
  // Records that the kernel overwrote before they were read, from the first of the boot on: what
  // stood there is unknown, so a log with lost records cannot be called clean.
  std::size_t lost() const;
  // Of the first record that was read, 0 without one. lost() counts those before it.
  std::uint64_t first_seq() const;
  // Lines that are no records and no continuation of one.
  std::size_t malformed() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kproof::console
