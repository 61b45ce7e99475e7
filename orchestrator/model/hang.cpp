#include "model/hang.hpp"

#include <array>

namespace kproof::model {

static constexpr std::array<std::string_view, 8> kKinds{
    "unknown", "irqs_off", "cpu_busy", "cpus_idle", "boot", "hung_task", "waits", "runs"};

std::string_view to_string(HangKind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}

}  // namespace kproof::model
