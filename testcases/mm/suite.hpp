// What programs share that show the same behaviours of every kind of mapping: the same subtests, in
// the same order, with the same names, so that their tables compare. What means nothing for a kind
// of memory is no subtest there: a skip is of this kernel, or of now.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

#include "lib/case.hpp"
#include "mm/entries.hpp"
#include "mm/mapping.hpp"

namespace kproof::mm {

struct Scale {
  std::uint64_t size;    // bytes mapped; a multiple of two entries
  std::uint64_t touch;   // bytes from one touch to the next in the proof of the entry size
  double seconds = 0.5;  // of a race
  unsigned seed = 1;     // of what is random
};

// Everything a behaviour works with.
struct Context {
  lib::Case& test;
  Provider& provider;
  Scale scale;
  std::unique_ptr<Region> kept;  // from the behaviour before; see populated()
  std::size_t kept_tables = 0;   // table_bytes() when it was new
};

// A read-write mapping, populated with the pattern `seed`, all of it huge: the one that the
// behaviour before left behind if it is still that, else a new one. (To zero pages is what costs
// time here.)
Region& populated(Context& context, std::uint64_t seed);

// The same, for a behaviour that leaves it unfit for the next.
inline std::unique_ptr<Region> populated_to_spoil(Context& context, std::uint64_t seed) {
  populated(context, seed);
  return std::move(context.kept);
}

// Writes the pattern to all of it, and counts.
Touched filled(const Region& region, std::uint64_t seed);

// The evidence that each suite declares of entries of this size, proven before its first behaviour.
const char* size_evidence(std::size_t entry_size);

void prove_entry_size(Context& context);

struct Behaviour {
  const char* name;
  void (*body)(Context&, lib::Check&);
  bool (*applies)(const Provider&) = [](const Provider&) { return true; };
};

using MakeProvider = std::function<std::unique_ptr<Provider>(std::uint64_t size)>;

struct Suite {
  std::span<const Behaviour> behaviours;
  void (*first)(Context&) = nullptr;  // before memory is looked at
  void (*last)(Context&) = nullptr;
  bool races = false;   // it has the option --seconds
  bool random = false;  // it has the option --seed
};

// The main() of a program. `make` sets the provider up; it runs after --describe and the options
// have been dealt with. `description` is what the kind of memory needs.
int run_suite(int argc, char** argv, const lib::Description& description, const Suite& suite,
              std::size_t entry_size, std::uint64_t default_size, const MakeProvider& make);

}  // namespace kproof::mm
