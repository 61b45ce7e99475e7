// The kernels of a plan, each fetched when a cell first asks for it.
#pragma once

#include <exception>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "model/kernel.hpp"
#include "sweep/prepare.hpp"

namespace kproof::sweep {

class Kernels {
 public:
  using Fetch = std::function<Kernel(const model::KernelSpec& spec)>;

  // `specs` outlives it.
  Kernels(const std::vector<model::KernelSpec>& specs, Fetch fetch)
      : specs_(specs), fetch_(std::move(fetch)) {}

  // What fetching it throws: one that failed is not tried again, and fails in the same way for all
  // of its cells.
  const Kernel& of(const model::KernelSpec& spec);
  // Of a level's own kernel: config/ has seen that the plan names it.
  const Kernel& of(const std::string& name);

 private:
  const std::vector<model::KernelSpec>& specs_;
  Fetch fetch_;
  std::map<std::string, Kernel> fetched_;  // by name
  std::map<std::string, std::exception_ptr> failed_;
};

}  // namespace kproof::sweep
