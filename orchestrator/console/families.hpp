// The families of functions behind is_machinery(), by subject. Each entry is an expression that is
// searched in a function's name. Say how a name ends ("$") wherever a test or a driver may have one
// that begins so: of a module's function only such entries count, but for those of drivers and
// libraries, which are in modules themselves.
#pragma once

#include <span>

namespace kproof::console {

using Families = std::span<const char* const>;

Families reporting_families();  // sanitizers, printing, and the way from a fault to its report
Families waiting_families();    // locks, references, context, work, timers
Families data_families();       // memory, strings, containers, ciphers, registers
Families driver_families();     // object debugging, the driver core, buses
Families library_families();    // what is built as a module of its own: ciphers, checksums
// Words anywhere in a name, by which the community passes over functions: sounds_like_machinery().
Families wording_families();

}  // namespace kproof::console
