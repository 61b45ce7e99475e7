#include "virt/cpu_models.hpp"

#include <algorithm>

#include <doctest/doctest.h>

TEST_CASE("libvirt tells its CPU models without a daemon") {
  const auto models = kproof::virt::cpu_models();
  CHECK(std::find(models.begin(), models.end(), "EPYC") != models.end());
  CHECK(std::find(models.begin(), models.end(), "Z80") == models.end());
}
