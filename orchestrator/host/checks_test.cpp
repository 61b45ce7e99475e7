#include "host/checks.hpp"

#include <doctest/doctest.h>

using namespace kproof::host;

TEST_CASE("no KVM is a limit, not an obstacle, and says the fact and the next step") {
  const Check check = check_accel({.node_opens = true});
  CHECK(check.health == Health::limited);
  CHECK(check.fact.find("neither vmx nor svm") != std::string::npos);
  CHECK(!check.next_step.empty());
}

TEST_CASE("memory has two thresholds") {
  CHECK(check_memory(8ull << 30).health == Health::good);
  CHECK(check_memory(4ull << 30).health == Health::limited);
  CHECK(check_memory(1ull << 30).health == Health::bad);
}

TEST_CASE("a missing program names its package") {
  CHECK(check_program("sh", "dash", "tests", Health::bad).health == Health::good);
  const Check missing = check_program("no-such-program", "some-package", "tests", Health::limited);
  CHECK(missing.health == Health::limited);
  CHECK(missing.next_step == "apt-get install some-package");
}

TEST_CASE("an empty hugetlb pool is only a limit") {
  CHECK(check_shared("/dev/shm has 8", 8ull << 30).health == Health::good);
  CHECK(check_shared("/dev/shm has 64M", 64ull << 20).next_step.find("--shm-size") !=
        std::string::npos);
  CHECK(check_hugetlb(0, 0).health == Health::limited);
  CHECK(check_hugetlb(0, 4).health == Health::good);
}

TEST_CASE("a cache tells what is free in it") {
  CHECK(check_cache("/c", 8ull << 30).health == Health::good);
  CHECK(check_cache("/c", 8ull << 30).fact == "/c, 8.0 GiB free");
  CHECK(check_cache("/c", 1ull << 30).health == Health::limited);
}

TEST_CASE("a host whose KVM does not nest is told so, and one of TCG is not") {
  KvmFacts facts{.node_opens = true,
                 .cpu_flag = true,
                 .vendor_module = true,
                 .creates_vm = true,
                 .nested = "kvm_intel.nested=N"};
  CHECK(check_nested(facts).health == Health::limited);
  CHECK(check_nested(facts).next_step.find("nested=1") != std::string::npos);
  facts.nested = "kvm_intel.nested=Y";
  CHECK(check_nested(facts).health == Health::good);
  CHECK(check_nested({}).health == Health::good);
}
