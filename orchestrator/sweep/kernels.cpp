#include "sweep/kernels.hpp"

#include <algorithm>

#include "util/error.hpp"

namespace kproof::sweep {

void Kernels::fetch(const std::string& name, std::size_t at_once) try {
  Kernel kernel = fetch_(*std::ranges::find(specs_, name, &model::KernelSpec::name), at_once);
  const std::lock_guard lock(mutex_);
  fetched_.emplace(name, std::move(kernel));
} catch (const Interrupted&) {
  throw;
} catch (const std::exception&) {
  const std::lock_guard lock(mutex_);
  failed_[name] = std::current_exception();
}

const Kernel& Kernels::of(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  if (const auto failed = failed_.find(name); failed != failed_.end())
    std::rethrow_exception(failed->second);
  return fetched_.at(name);
}

}  // namespace kproof::sweep
