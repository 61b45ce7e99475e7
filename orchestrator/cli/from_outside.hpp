// gdb on a guest inside, from the stub of the guest around it, where TCG runs that one.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace kproof::cli {

// ConfigError unless gdb can tell the guest inside from the one around: `state` is what the guest's
// door tells (sweep/held.hpp).
void require_from_outside(const nlohmann::json& state);

// Commands for gdb: each breakpoint of the user's gets the condition that the CPU runs the guest
// inside.
//
// TCG compares a breakpoint's address with the program counter of a CPU of L1, whatever that CPU
// runs: so it is hit in L1 and in L2. L1's kernel, where it runs as linked, has its first page of
// code at a physical address that is known, and no guest of its own has memory there; so that
// translation, which QEMU's monitor makes by the page table in force, says who runs.
std::string stop_inside_only();

// What the user is to know of it, in lines.
std::string limits_from_outside(const nlohmann::json& state);

}  // namespace kproof::cli
