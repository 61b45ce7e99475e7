#include "mm/mprotect_suite.hpp"

namespace kproof::mm {

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
                       const MakeProvider& make) {
  const Suite suite{.behaviours = kBehaviours,
                    .last =
                        [](Context& context) {
                          prove_toggles_keep_entries(context);
                          measure_mprotect(context);
                        },
                    .races = true};
  return run_suite(argc, argv, description, suite, entry_size, default_size, make);
}

}  // namespace kproof::mm
