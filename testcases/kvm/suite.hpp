// What those cases share that show a list of behaviours on one region of guest memory.
#pragma once

#include <algorithm>
#include <vector>

#include "kvm/machine.hpp"
#include "kvm/mmu_mode.hpp"
#include "lib/case.hpp"

namespace kproof::kvm {

// Everything a behaviour works with. A suite that keeps more inherits it.
struct Context {
  lib::Case& test;
  const Kvm& kvm;
  mm::Provider& provider;
  Machine::Shape shape;
  double seconds;  // of each race

  Machine machine() const { return Machine(kvm, provider, shape); }
};

// The region's options on the command line. The fields hold the defaults.
struct RegionOptions {
  std::string_view backing = "anon";
  std::uint64_t size = 0;             // bytes; 0: two of the backing's entries, `least` at least
  std::uint64_t least = 64ull << 10;  // bytes
  double seconds = 0.5;               // of each race
  unsigned vcpus = 1;

  std::size_t entry() const;  // bytes that one of the host's entries maps
  std::uint64_t bytes() const;

  // --backing, --size and --seconds; and --vcpus, for cases that say what these do.
  std::vector<lib::Option> list();
  lib::Option vcpus_option(std::string_view help);
  void add_needs(lib::Needs& needs) const;
  // Ends the program with a usage error unless they make sense.
  void check() const;
};

// Evidence `kvm_api`, `mmu_mode`, `backing_size` and `spte_size`, shown on a machine that has not
// run yet; or on one made for it.
MmuMode prove_region(lib::Case& test, const Kvm& kvm, mm::Provider& provider, Machine& machine,
                     const RegionOptions& options);
MmuMode prove_region(const Context& context, const RegionOptions& options);

template <class Context>
struct Behaviour {
  const char* name;
  void (*body)(Context&, lib::Check&);
  // Where it means something; elsewhere it is no subtest.
  bool (*applies)(const mm::Provider&) = [](const mm::Provider&) { return true; };
};

// Vcpu 0 writes 1 + i to word i, so that SPTEs map all of the region.
bool fill(Machine& machine, lib::Check& check);

inline bool is_anonymous(const mm::Provider& provider) {
  return provider.kind() == mm::Kind::anonymous;
}
// Of memory that a child shares until somebody writes.
inline bool can_be_copied(const mm::Provider& provider) {
  return provider.is_private();
}
// Of a file in which holes can be punched.
inline bool is_shared_file(const mm::Provider& provider) {
  return !provider.is_private() && provider.kind() != mm::Kind::devdax;
}

// Those that apply, each as a subtest.
template <class Context, std::size_t N>
void plan_behaviours(Context& context, const Behaviour<Context> (&behaviours)[N]) {
  context.test.plan(
      static_cast<unsigned>(std::count_if(behaviours, behaviours + N, [&](const auto& behaviour) {
        return behaviour.applies(context.provider);
      })));
}
template <class Context, std::size_t N>
void run_behaviours(Context& context, const Behaviour<Context> (&behaviours)[N]) {
  for (const auto& behaviour : behaviours)
    if (behaviour.applies(context.provider))
      context.test.run(behaviour.name, [&](lib::Check& check) { behaviour.body(context, check); });
}

}  // namespace kproof::kvm
