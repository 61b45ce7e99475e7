// Hits of a tracepoint by one program, its threads and its children.
#pragma once

#include <cstdint>
#include <string>

#include <sys/types.h>

namespace kproof::suite {

class ProgramCounter {
 public:
  // From the execve() of `process` on. `event`: "kvm/kvm_entry".
  ProgramCounter(const std::string& event, pid_t process);
  ProgramCounter(const ProgramCounter&) = delete;
  ProgramCounter& operator=(const ProgramCounter&) = delete;
  ~ProgramCounter();

  const std::string& problem() const { return problem_; }  // why it cannot count; "" if it can
  std::uint64_t count() const;

 private:
  std::string problem_;
  int fd_ = -1;
};

}  // namespace kproof::suite
