#include "mm/suite.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace kproof::mm {

struct Behaviour {
  const char* name;
  void (*body)(Context&, lib::Check&);
  bool (*applies)(const Provider&) = [](const Provider&) { return true; };
};

// MADV_FREE takes no other: "only with private anonymous pages" (madvise(2)).
static bool is_anonymous(const Provider& provider) {
  return provider.kind() == Kind::anonymous;
}

static constexpr Behaviour kBehaviours[] = {
    {"write after PROT_READ faults", write_after_read_only_faults},
    {"read and write after PROT_NONE fault", access_after_none_faults},
    {"data survives every toggle", data_survives_toggles},
    {"write works again after PROT_READ|PROT_WRITE", write_works_again},
    {"fork: the child sees the data", child_sees_data},
    {"fork: the child inherits the protection", child_inherits_protection},
    {"fork: the child's mprotect leaves the parent alone", child_cannot_change_parent},
    {"mprotect of half the range protects that half only", mprotect_of_half_the_range},
    {"munmap of half the range keeps the rest", munmap_of_half_the_range},
    {"mprotect of half an entry changes that half or nothing", mprotect_of_half_an_entry},
    {"munmap of half an entry removes that half or nothing", munmap_of_half_an_entry},
    {"mprotect of a range that ends in a hole is ENOMEM", mprotect_into_a_hole},
    {"data written after MADV_FREE outlives mprotect and reclaim", written_data_outlives_reclaim,
     is_anonymous},
    {"locked memory that becomes writable takes no fault", locked_memory_is_there, is_anonymous},
    {"no write of another thread lands while read-only", no_write_lands_while_read_only},
};

int run_mprotect_suite(int argc, char** argv, const lib::Description& description,
                       std::size_t entry_size, std::uint64_t default_size,
                       const std::function<std::unique_ptr<Provider>(std::uint64_t)>& make) {
  Scale scale{.size = default_size, .touch = stride_of(entry_size)};
  lib::Case test(argc, argv, description,
                 {{.name = "--size", .help = "bytes to map (64M, 2G)", .size = &scale.size},
                  {.name = "--touch",
                   .help = "distance of the touches that prove the entry size (4K)",
                   .size = &scale.touch},
                  {.name = "--seconds", .help = "length of the race", .number = &scale.seconds}});
  if (scale.size == 0 || scale.size % (2 * entry_size) != 0)
    lib::usage_error("--size must be a multiple of %zu MiB (two entries)", 2 * entry_size >> 20);
  if (scale.touch == 0 || scale.touch % kPageSize != 0 || scale.touch > stride_of(entry_size))
    lib::usage_error("--touch must be a multiple of 4K and at most %zu KiB",
                     stride_of(entry_size) >> 10);
  const auto provider = make(scale.size);
  Context context{test, *provider, scale, nullptr};
  std::vector<Behaviour> behaviours;
  std::copy_if(std::begin(kBehaviours), std::end(kBehaviours), std::back_inserter(behaviours),
               [&](const Behaviour& behaviour) { return behaviour.applies(*provider); });
  test.plan(behaviours.size());
  prove_entry_size(context);
  for (const Behaviour& behaviour : behaviours)
    test.run(behaviour.name, [&](lib::Check& check) { behaviour.body(context, check); });
  prove_toggles_keep_entries(context);
  measure_mprotect(context);
  return test.finish();
}

}  // namespace kproof::mm
