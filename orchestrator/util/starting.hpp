// One program is started at a time in this process.
//
// Between the pipe by which a program tells that its exec failed, and the flag that keeps it from
// other programs, each fork takes it along; and who waits for its end waits for that program, too.
#pragma once

#include <mutex>

namespace kproof::util {

// To be held from the first pipe to the exec by whoever forks.
inline std::mutex& starting() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace kproof::util
