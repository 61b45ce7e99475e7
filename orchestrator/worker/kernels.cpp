#include <algorithm>

#include <fmt/format.h>

#include "kernel/store.hpp"
#include "source/fetch.hpp"
#include "source/unbuildable.hpp"
#include "sweep/room.hpp"
#include "sweep/sweep.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "worker/batch.hpp"
#include "worker/depot.hpp"
#include "worker/worker.hpp"

namespace kproof::worker {

static const model::KernelSpec& spec_of(const model::Plan& plan, const std::string& name) {
  return *std::ranges::find(plan.kernels, name, &model::KernelSpec::name);
}

void store_kernels(const Options& options, const run::StopRequest& stop) {
  const Batch batch = read_batch(options.directory);
  const auto planned = manifest::cells_of(read_manifest(options.directory), options.cpu_models);
  const auto say = [&](std::string_view line) { options.say(std::string(line)); };
  for (const std::string& name : batch.kernels) {
    if (is_stored(options.directory, name)) continue;
    if (util::is_readable(stop.fd()))
      throw Interrupted("interrupted before all kernels were there");
    const source::Settings settings{
        .cache = kernel::default_cache(),
        .fragments = sweep::Installation::find().fragments(),
        .as_root = batch.as_root,
        .turn = sweep::turn_of_build(planned.plan.name, options.say, stop.fd()),
        .stop_fd = stop.fd(),
        .say = say,
        .live = source::now_and_then(say)};
    try {
      store_kernel(options.directory, source::fetch(spec_of(planned.plan, name), settings));
      options.say(fmt::format("kernel {} is ready", name));
    } catch (const source::Unbuildable& error) {
      options.say(fmt::format("kernel {}: {}", name, error.what()));
      store_fault(options.directory, name, error.what(), error.hint(), true);
    } catch (const ConfigError& error) {
      options.say(fmt::format("kernel {}: {}", name, error.what()));
      store_fault(options.directory, name, error.what(), error.hint(), false);
    }
  }
}

}  // namespace kproof::worker
