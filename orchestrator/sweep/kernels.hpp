// The kernels of a plan that cells need, each fetched or built once.
#pragma once

#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "model/kernel.hpp"
#include "sweep/prepare.hpp"

namespace kproof::sweep {

// Of all threads.
class Kernels {
 public:
  // `at_once`: how many are made at the same time, with it.
  using Fetch = std::function<Kernel(const model::KernelSpec& spec, std::size_t at_once)>;

  // `specs` outlives it.
  Kernels(const std::vector<model::KernelSpec>& specs, Fetch fetch)
      : specs_(specs), fetch_(std::move(fetch)) {}

  // Takes minutes where it is built. What it throws is kept for of(), but Interrupted, which passes
  // through.
  void fetch(const std::string& name, std::size_t at_once);

  // One that fetch() has returned from; what it threw.
  const Kernel& of(const std::string& name) const;

 private:
  const std::vector<model::KernelSpec>& specs_;
  const Fetch fetch_;
  mutable std::mutex mutex_;  // of what follows; what is in `fetched_` stays as it is
  std::map<std::string, Kernel> fetched_;
  std::map<std::string, std::exception_ptr> failed_;
};

}  // namespace kproof::sweep
