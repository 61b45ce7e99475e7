// A kernel that its own source and config keep from being built.
#pragma once

#include "util/error.hpp"

namespace kproof::source {

// Code that does not compile, or a required symbol that this source refuses: the fault of what is
// built and of nothing around it, so that another patch or revision may well build.
class Unbuildable : public ConfigError {
 public:
  using ConfigError::ConfigError;
};

}  // namespace kproof::source
