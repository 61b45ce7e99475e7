#include "sweep/kernels.hpp"

#include <algorithm>

namespace kproof::sweep {

const Kernel& Kernels::of(const model::KernelSpec& spec) {
  const auto known = fetched_.find(spec.name);
  if (known != fetched_.end()) return known->second;
  if (const auto failed = failed_.find(spec.name); failed != failed_.end())
    std::rethrow_exception(failed->second);
  try {
    return fetched_.emplace(spec.name, fetch_(spec)).first->second;
  } catch (const std::exception&) {
    failed_[spec.name] = std::current_exception();
    throw;
  }
}

const Kernel& Kernels::of(const std::string& name) {
  return of(*std::ranges::find(specs_, name, &model::KernelSpec::name));
}

}  // namespace kproof::sweep
