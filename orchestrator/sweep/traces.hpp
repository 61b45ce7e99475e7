// Traces of a cell with functions, files and lines, where the vmlinux of its kernel is at hand.
#pragma once

#include <string>
#include <vector>

#include "model/finding.hpp"
#include "run/diagnosis_steps.hpp"
#include "sweep/prepare.hpp"

namespace kproof::sweep {

// decoded.log, for people: the excerpt of each finding with a trace, with their places below the
// lines that name functions; what could not be had is said, also that there is no vmlinux. "" when
// no finding has a trace. Throws nothing: it is a help beside the verdict.
std::string decode_traces(const std::vector<PreparedLevel>& levels,
                          const std::vector<model::Finding>& findings);

// Its kernel runs at the addresses that it was linked to: nothing moves it (KASLR).
bool stays_where_linked(const PreparedLevel& level);

// Names the addresses of a guest's kernel, as QEMU's registers have them; empty where there is no
// vmlinux, or where the kernel may have moved itself (KASLR).
run::AddressNames address_names(const PreparedLevel& level);

}  // namespace kproof::sweep
