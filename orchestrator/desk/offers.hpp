// The cells that kproof runs for who names no plan: cases with arguments that make them short.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kproof::desk {

// In which guests it runs. The MMU is that of the guest's KVM.
enum class Guests { plain, shadow, tdp, shadow_and_tdp };

struct Offer {
  std::string_view name;  // "kvm/stale_thp": what its cells are called
  std::string_view test;  // "kvm/stale_mapping"
  std::vector<std::string_view> args = {};
  Guests guests = Guests::plain;
  bool usual = true;  // it runs where nobody says what changed
};

// In the order in which they run.
std::span<const Offer> offers();

}  // namespace kproof::desk
