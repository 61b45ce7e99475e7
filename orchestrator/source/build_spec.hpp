// What a kernel is built from besides its patches.
#pragma once

#include "source/base.hpp"
#include "source/configure.hpp"
#include "source/settings.hpp"
#include "source/toolchain.hpp"

namespace kproof::source {

// As it is when it is asked for. All steps of a series share one, so that they are of one commit
// and one compiler, whatever happens to either while hours of builds go by.
struct BuildSpec {
  Base base;
  ConfigInput config;
  Toolchain toolchain;
  std::string name;  // for people: "linux-source-6.1 6.1.192-2, tinyconfig + base"
};

// Errors are those of find_base(), read_config_input() and find_toolchain().
BuildSpec find_build_spec(const model::BuildSource& source, const Settings& settings);

}  // namespace kproof::source
