#include "sweep/teller.hpp"

#include <atomic>
#include <future>
#include <string>

#include <doctest/doctest.h>

using kproof::sweep::Teller;

TEST_CASE("news are told in order, and all of them before it goes") {
  std::string told;
  {
    Teller teller;
    for (char c = 'a'; c <= 'z'; ++c)
      teller.tell([&told, c] { told += c; });
  }
  CHECK(told == "abcdefghijklmnopqrstuvwxyz");
}

TEST_CASE("who has news does not wait for one who does not listen") {
  std::promise<void> listens;
  std::atomic<int> told = 0;
  {
    Teller teller;
    teller.tell([&] { listens.get_future().wait(); });
    for (int i = 0; i < 100; ++i)
      teller.tell([&] { ++told; });
    CHECK(told == 0);
    listens.set_value();
  }
  CHECK(told == 100);
}
