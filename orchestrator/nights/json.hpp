// The nights for machines.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "nights/overview.hpp"

namespace kproof::nights {

// {"nights": [...], "cells": [...], "events": [{"kind", "cells", "what", "with", "how", "since",
// "least", "most", "until", "kernel_before", "kernel", "directory", "again"}],
// "unexpected_and_real": [...], "slower": [...], "host": false}; cells (history/text.hpp) are of
// cells that have an event.
nlohmann::json to_json(const Overview& overview);

}  // namespace kproof::nights
