// What the host makes guest memory of: a choice on the command line, --backing.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "lib/case.hpp"
#include "mm/mapping.hpp"

namespace kproof::kvm {

inline const std::vector<std::string_view> kBackings{
    "anon",       "shmem",     "thp",      "hugetlb-2m", "hugetlb-2m-private",
    "hugetlb-1g", "devdax-2m", "devdax-1g"};

lib::Option backing_option(std::string_view* backing);
std::size_t entry_size(std::string_view backing);  // bytes that one of the host's entries maps

// What `size` bytes of it need of the machine, beside what is declared already.
void add_backing_needs(lib::Needs& needs, std::string_view backing, std::uint64_t size);

std::unique_ptr<mm::Provider> provide(std::string_view backing, std::uint64_t size);

// Evidence `backing_size`: touches all of a new region and counts the faults.
void prove_backing(lib::Case& test, std::string_view backing, mm::Provider& provider,
                   const mm::Region& region);

}  // namespace kproof::kvm
