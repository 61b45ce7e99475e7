#include "sweep/kernels.hpp"

#include <doctest/doctest.h>

#include "util/error.hpp"

using namespace kproof;
using namespace kproof::sweep;

static const std::vector<model::KernelSpec> kSpecs{{.name = "good"}, {.name = "bad"}};

TEST_CASE("a kernel is there by its name when it was fetched") {
  Kernels kernels(kSpecs, [&](const model::KernelSpec& spec, std::size_t) {
    return Kernel{.artifact = {.origin = spec.name}};
  });
  kernels.fetch("good", 1);
  CHECK(kernels.of("good").artifact.origin == "good");
}

TEST_CASE("a kernel that failed fails in the same way for all who ask") {
  Kernels kernels(kSpecs, [&](const model::KernelSpec& spec, std::size_t) -> Kernel {
    throw HostError(spec.name + " does not build");
  });
  CHECK_NOTHROW(kernels.fetch("bad", 1));
  for (int i = 0; i < 2; ++i)
    CHECK_THROWS_WITH_AS(kernels.of("bad"), "bad does not build", HostError);
}

TEST_CASE("an interruption is no fault of the kernel") {
  Kernels kernels(
      kSpecs, [&](const model::KernelSpec&, std::size_t) -> Kernel { throw Interrupted("now"); });
  CHECK_THROWS_AS(kernels.fetch("good", 1), Interrupted);
}
