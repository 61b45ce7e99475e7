// A file that is one YAML document.
#pragma once

#include <string>
#include <string_view>

#include <yaml-cpp/yaml.h>

#include "config/problems.hpp"

namespace kproof::config {

// The one document of `text`. Throws what `problems` holds when it is none. `what` it should be
// ("plan") and an `example` are for messages.
YAML::Node load_document(Problems& problems, const std::string& text, std::string_view what,
                         std::string_view example);

}  // namespace kproof::config
