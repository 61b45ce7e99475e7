#include "cli/accel.hpp"

namespace kproof::cli {

void add_accel(Command& command, std::string& word) {
  command.choice("--accel", word, {"auto", "kvm", "tcg"}, "auto takes KVM where it really works");
}

std::optional<model::Accel> accel_of(const std::string& word) {
  if (word == "auto") return std::nullopt;
  return word == "kvm" ? model::Accel::kvm : model::Accel::tcg;
}

}  // namespace kproof::cli
