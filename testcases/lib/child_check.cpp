#include "lib/child_check.hpp"

#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "lib/process.hpp"
#include "lib/safe.hpp"

namespace kproof::lib {

std::function<bool()> checked(std::function<void(Check&)> body) {
  return [body = std::move(body)] {
    Check childs;
    body(childs);
    return childs.ok();
  };
}

void check_in_child(Check& check, const std::function<void(Check&)>& body, const char* who) {
  check.that(in_child(checked(body)), "that was %s", who);
}

long count_in_child(Check& check, const std::function<long(Check&)>& body, const char* who) {
  int report[2];
  safe::check(::pipe2(report, O_CLOEXEC), "pipe2");
  check_in_child(
      check,
      [&](Check& childs) {
        const long count = body(childs);
        safe::write(report[1], &count, sizeof count);
      },
      who);
  ::close(report[1]);
  long count = -1;
  if (::read(report[0], &count, sizeof count) != sizeof count) count = -1;
  ::close(report[0]);
  return count;
}

}  // namespace kproof::lib
