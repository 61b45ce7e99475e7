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
  queue.post({Lifecycle::shutdown});
  CHECK(!queue.ended());
  queue.post({Lifecycle::stopped});
  CHECK(readable(queue));
  CHECK(queue.take() == GuestEvent{Lifecycle::shutdown});
  CHECK(queue.take() == GuestEvent{Lifecycle::stopped});
  CHECK(!queue.take());
  CHECK(!readable(queue));
  CHECK(queue.ended());
}

TEST_CASE("an event that is posted from another thread is never lost") {
  EventQueue queue;
  std::jthread producer([&queue] {
    for (int i = 0; i < 1000; ++i)
      queue.post({Lifecycle::qmp, R"({"event": "RESET"})"});
  });
  for (int seen = 0; seen < 1000;) {
    pollfd ready{queue.fd(), POLLIN, 0};
    REQUIRE(::poll(&ready, 1, 5000) > 0);
    while (queue.take())
      ++seen;
  }
  CHECK(!queue.take());
}

TEST_CASE(
    "an event goes to the guest that it names, or to all, and to nobody once that is closed") {
  Mailroom room;
  const auto one = room.open("one"), two = room.open("two");
  room.post("one", {Lifecycle::shutdown});
  room.post("three", {Lifecycle::crashed});
  room.post(nullptr, {Lifecycle::connection_lost});
  CHECK(one->take() == GuestEvent{Lifecycle::shutdown});
  CHECK(one->take() == GuestEvent{Lifecycle::connection_lost});
  CHECK(two->take() == GuestEvent{Lifecycle::connection_lost});
  room.close("one");
  room.post("one", {Lifecycle::stopped});
  CHECK(!one->take());
}

TEST_CASE("who closes waits for the last event of each guest that was left, not for ever") {
  using std::chrono::milliseconds;
  Mailroom room;
  const auto gone = room.open("gone"), going = room.open("going"), stuck = room.open("stuck");
  room.post("gone", {Lifecycle::stopped});
  room.leave("gone");
  room.leave("going");
  std::jthread libvirt([&room] { room.post("going", {Lifecycle::stopped}); });
  room.wait_for_left(std::chrono::minutes(1));
  CHECK(going->ended());
  room.leave("stuck");
  room.wait_for_left(milliseconds(1));
  room.post("stuck", {Lifecycle::stopped});
  CHECK(!stuck->ended());
  room.leave("never opened");
  room.wait_for_left(std::chrono::minutes(1));
}

TEST_CASE("a callback that comes while its connection closes finds its room") {
  auto room = std::make_shared<Mailroom>();
  const auto queue = room->open("guest");
  auto* reference = new std::shared_ptr<Mailroom>(room);  // as libvirt holds it
  std::jthread late([reference] {
    for (int i = 0; i < 1000; ++i)
      (*reference)->post("guest", {Lifecycle::qmp, "{}"});
    delete reference;
  });
  room.reset();
  late.join();
  for (int i = 0; i < 1000; ++i)
    CHECK(queue->take());
}
