#include "kvm/lru_gen.hpp"

#include <cstdlib>

#include "lib/guest.hpp"
#include "lib/sysfs.hpp"

namespace kproof::kvm {

static const char* const kSwitch = "/sys/kernel/mm/lru_gen/enabled";
static const char* const kCommands = "/sys/kernel/debug/lru_gen";

std::string LruGen::missing() {
  if (!lib::sysfs::exists(kSwitch)) return "CONFIG_LRU_GEN is not set";
  if (!lib::sysfs::exists(kCommands)) return std::string(kCommands) + " is not there";
  if (!lib::in_throwaway_guest()) return "no throw-away guest to evict memory of";
  return "";
}

LruGen::LruGen() : before_(lib::sysfs::read(kSwitch)) {
  lib::sysfs::write(kSwitch, "y");
}

LruGen::~LruGen() {
  lib::sysfs::try_write(kSwitch, before_);
}

struct Youngest {
  std::string place;  // "<memcg> <node>"
  unsigned long generation;
};

// Of the root's memory on node 0: "memcg     1 /", " node     0", then a line for each generation
// that starts with its number, the youngest last.
static Youngest youngest() {
  const std::string text = lib::sysfs::read(kCommands);
  const auto memcg = text.find("memcg");
  const auto node = text.find("node", memcg);
  auto end = std::min(text.find("node", node + 1), text.find("memcg", node));
  end = text.rfind('\n', std::min(end, text.size()));
  unsigned long generation = 0;
  for (auto line = text.find('\n', node); line != std::string::npos;
       line = text.find('\n', line + 1)) {
    char* rest = nullptr;
    const unsigned long number = std::strtoul(&text[line + 1], &rest, 10);
    if (line > end || rest == &text[line + 1]) break;
    generation = number;
  }
  const auto id = std::strtoul(&text[memcg + 5], nullptr, 10);
  return {std::to_string(id) + " 0", generation};
}

int LruGen::age() {
  const Youngest now = youngest();
  return lib::sysfs::try_write(kCommands,
                               "+ " + now.place + " " + std::to_string(now.generation) + " 1 1");
}

int LruGen::evict() {
  const Youngest now = youngest();
  constexpr const char* kSwappinessAndPages = " 200 1000000";
  if (now.generation < 2) return 0;
  return lib::sysfs::try_write(
      kCommands, "- " + now.place + " " + std::to_string(now.generation - 2) + kSwappinessAndPages);
}

}  // namespace kproof::kvm
