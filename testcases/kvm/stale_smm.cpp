// A notifier knows addresses of the host, and KVM looks for slots that hold them in each of a VM's
// address spaces: a vCPU in System Management Mode sees one of its own.
#include <sys/mman.h>

#include "kvm/smm.hpp"
#include "kvm/stale.hpp"

namespace kproof::kvm::stale {

void memory_of_smm(Context& context, lib::Check& check) {
  if (const std::string missing = Smm::missing(context.kvm); !missing.empty())
    return check.skip(missing);
  Machine machine = context.machine();
  Smm smm(machine);
  const auto seen = [&](std::size_t word) {
    return static_cast<std::uint32_t>(*machine.region().word(word));
  };
  std::uint32_t value = 0;
  for (const int prot : {PROT_READ, PROT_NONE}) {
    for (const std::size_t word : some_words(machine)) {
      const Exit exit = smm.write(word, ++value);
      if (!check.that(exit.done() && seen(word) == value,
                      "read-write: SMM's write of word %zu: %s, the host reads %#x, not %#x", word,
                      exit.text().c_str(), seen(word), value))
        return;
    }
    machine.region().protect(check, prot);
    for (const std::size_t word : some_words(machine)) {
      const Exit exit = smm.write(word, 0);
      check.that(exit.refused(), "after %s: SMM's write of word %zu: %s", mm::prot_name(prot), word,
                 exit.text().c_str());
    }
    machine.region().protect(check, mm::kReadWrite);
  }
}

}  // namespace kproof::kvm::stale
