// A cell whose guest somebody may look at, or was in (run/hold.hpp): what he is told, and what the
// verdict says of it. Pure.
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "model/verdict.hpp"
#include "sweep/prepare.hpp"

namespace kproof::sweep {

// A JSON object for who calls at the guest's door: `cell`, `out`, and of each level `label`,
// `release`, `vmlinux` and `modules` of its kernel, "" for none, and whether it runs where it was
// linked to (`in_place`) and the `mmu` mode of its KVM; and whether TCG runs L1 (`emulated`).
std::string facts_of(const PreparedCell& cell, model::Accel accel,
                     const std::filesystem::path& out);

// For the terminal of the run: that the cell's guest is held and how to get in, or that it goes on.
std::string tell_held(const std::string& cell, const std::string& why);

// What a kernel does that somebody was in proves nothing good of it; what it did wrong stands, with
// the word that he may have caused it.
void note_visits(model::Judgement& judgement, const std::set<std::string>& visits);

}  // namespace kproof::sweep
