#include "sweep/kernels.hpp"

#include <doctest/doctest.h>

#include "util/error.hpp"

using namespace kproof;
using namespace kproof::sweep;

static const std::vector<model::KernelSpec> kSpecs{{.name = "good"}, {.name = "bad"}};

TEST_CASE("a kernel is fetched once, by its spec or its name") {
  int fetches = 0;
  Kernels kernels(kSpecs, [&](const model::KernelSpec& spec) {
    ++fetches;
    return Kernel{.artifact = {.origin = spec.name}};
  });
  CHECK(kernels.of(kSpecs[0]).artifact.origin == "good");
  CHECK(&kernels.of("good") == &kernels.of(kSpecs[0]));
  CHECK(fetches == 1);
}

TEST_CASE("a kernel that failed fails again in the same way, and is not tried again") {
  int fetches = 0;
  Kernels kernels(kSpecs, [&](const model::KernelSpec& spec) -> Kernel {
    ++fetches;
    throw HostError(spec.name + " does not build");
  });
  for (int i = 0; i < 2; ++i)
    CHECK_THROWS_WITH_AS(kernels.of("bad"), "bad does not build", HostError);
  CHECK(fetches == 1);
}
