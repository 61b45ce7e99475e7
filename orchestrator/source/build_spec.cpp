#include "source/build_spec.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kproof::source {

BuildSpec find_build_spec(const model::BuildSource& source, const Settings& settings) {
  BuildSpec found{
      .base = find_base(source, settings.kernels(), settings.say, settings.stop_fd),
      .config = read_config_input(source.config, source.fragments, settings.fragments),
      .toolchain = find_toolchain(source.compiler.empty() ? settings.compiler : source.compiler),
      .name = {}};
  found.name = fmt::format("{}, {}", found.base.origin, source.config);
  if (!source.fragments.empty())
    found.name += fmt::format(" + {}", fmt::join(source.fragments, " + "));
  if (!source.compiler.empty()) found.name += fmt::format(", {}", source.compiler);
  return found;
}

}  // namespace kproof::source
