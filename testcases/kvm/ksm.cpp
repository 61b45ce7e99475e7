#include "kvm/ksm.hpp"

#include "lib/clock.hpp"

namespace kproof::kvm {

static const std::string kKsm = "/sys/kernel/mm/ksm/";

std::string Ksm::missing() {
  return lib::sysfs::exists(kKsm + "run") ? "" : "CONFIG_KSM is not set";
}

// As fast as it goes with time left for others on two CPUs.
Ksm::Ksm() {
  settings_.set(kKsm + "pages_to_scan", "500");
  settings_.set(kKsm + "sleep_millisecs", "20");
  settings_.set(kKsm + "run", "1");
}

Ksm::~Ksm() {
  lib::sysfs::try_write(kKsm + "run", "2");
}

// One for each content is "shared", all others are "sharing".
std::size_t Ksm::merged_pages() {
  return lib::sysfs::read_number(kKsm + "pages_shared") +
         lib::sysfs::read_number(kKsm + "pages_sharing");
}

std::string Ksm::wait_merged(std::size_t pages) {
  constexpr double kPatienceSeconds = 20;
  const double end = lib::now_us() + kPatienceSeconds * 1e6;
  while (merged_pages() < pages)
    if (lib::now_us() > end)
      return "KSM merged " + std::to_string(merged_pages()) + " of " + std::to_string(pages) +
             " pages of one content in 20 s";
  return "";
}

bool write_alike(Machine& machine, lib::Check& check, std::size_t words, std::uint64_t content) {
  for (std::size_t word = 0; word < words; ++word) {
    const Exit exit = machine.write(word, content);
    if (!check.that(exit.done(), "the guest's write: %s", exit.text().c_str())) return false;
  }
  return true;
}

}  // namespace kproof::kvm
