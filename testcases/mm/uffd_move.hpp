// Pages that userfaultfd moves to where they are missing, as a garbage collector compacts a heap
// without a copy.
#pragma once

#include <cstddef>
#include <string>

namespace kproof::mm {

class UffdMove {
 public:
  // Why this kernel has none; "" if it has.
  static std::string problem();

  UffdMove();  // bails out where there is a problem
  UffdMove(const UffdMove&) = delete;
  UffdMove& operator=(const UffdMove&) = delete;
  ~UffdMove();

  // Both of private anonymous memory that can be written, and nothing populated at `to`, which is
  // watched from then on. 0 or errno.
  int move(char* start, std::size_t length, char* to) const;

 private:
  int fd_;
};

}  // namespace kproof::mm
