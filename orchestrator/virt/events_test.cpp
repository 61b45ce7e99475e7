#include "virt/events.hpp"

#include <thread>

#include <doctest/doctest.h>
#include <poll.h>

using namespace kproof::virt;

static bool readable(const EventQueue& queue) {
  pollfd ready{queue.fd(), POLLIN, 0};
  return ::poll(&ready, 1, 0) > 0;
}

TEST_CASE("events come out in order, and the queue is readable while there are some") {
  EventQueue queue;
  CHECK(!readable(queue));
  queue.post(Lifecycle::shutdown);
  queue.post(Lifecycle::stopped);
  CHECK(readable(queue));
  CHECK(queue.take() == Lifecycle::shutdown);
  CHECK(queue.take() == Lifecycle::stopped);
  CHECK(!queue.take());
  CHECK(!readable(queue));
}

TEST_CASE("an event that is posted from another thread is never lost") {
  EventQueue queue;
  std::jthread producer([&queue] {
    for (int i = 0; i < 1000; ++i)
      queue.post(Lifecycle::reboot);
  });
  for (int seen = 0; seen < 1000;) {
    pollfd ready{queue.fd(), POLLIN, 0};
    REQUIRE(::poll(&ready, 1, 5000) > 0);
    while (queue.take())
      ++seen;
  }
  CHECK(!queue.take());
}
