#include "virt/cpu_models.hpp"

#include <algorithm>

#include <doctest/doctest.h>

TEST_CASE("libvirt tells its CPU models without a daemon") {
  const auto models = kproof::virt::cpu_models();
  CHECK(std::find(models.begin(), models.end(), "EPYC") != models.end());
  CHECK(std::find(models.begin(), models.end(), "Z80") == models.end());
}

static std::string capabilities(const std::string& vendor, const std::string& usable) {
  return "<domainCapabilities><cpu><mode name='host-model' "
         "supported='yes'><model>X</model><vendor>" +
         vendor + "</vendor></mode><mode name='custom' supported='yes'>" +
         "<model usable='no'>Opteron_G3</model><model usable='yes'>qemu64</model>" +
         "<model usable='yes' vendor='Intel'>Westmere</model><model usable='" + usable +
         "' vendor='AMD'>EPYC</model></mode></cpu></domainCapabilities>";
}

TEST_CASE("the pinned CPU is the newest of its vendor that this host can run") {
  using kproof::virt::pinned_cpu;
  CHECK(pinned_cpu(capabilities("AMD", "yes")) == "EPYC");
  CHECK(pinned_cpu(capabilities("AMD", "no")) == "");
  CHECK(pinned_cpu(capabilities("Intel", "yes")) == "Westmere");
  CHECK(pinned_cpu("nonsense") == "");
}
