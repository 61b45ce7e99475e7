// The standard streams, as they are in real life: closed, full, or a terminal.
#pragma once

#include <string_view>

namespace kproof::cli {

// A closed one becomes /dev/null, or the next file that is opened, a lock or a log, would take its
// number and be written to.
void open_standard_streams();

// To stderr. What cannot be told there ends nothing: results go to files and to stdout.
void tell(std::string_view text) noexcept;

// HostError when not all of stdout could be written: what only a buffer holds was told to nobody.
void flush_output();

}  // namespace kproof::cli
